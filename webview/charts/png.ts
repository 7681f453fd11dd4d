import type { Picture } from "./printForm";

/** Dots of a PNG for each CSS pixel, of which an inch has 96: 300 to the inch. */
const SCALE = 300 / 96;

/** Base64 of a PNG that is as sharp as print. */
export async function toPng({ svg, width, height }: Picture): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(SCALE * width);
  canvas.height = Math.round(SCALE * height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const [, data = ""] = canvas.toDataURL("image/png").split(",");
  // Browsers give an empty picture where it is larger than they can draw.
  if (data === "") throw new Error("The picture is too large for a PNG; save it as SVG.");
  return data.slice(0, HEADER) + RESOLUTION + data.slice(HEADER);
}

/** Base64 of a PNG's signature and header: 33 bytes. */
const HEADER = 44;

/** Base64 of the chunk that says 11,811 dots to the metre, which is 300 to the inch: programs then give the picture its size. */
const RESOLUTION = "AAAACXBIWXMAAC4jAAAuIwF4pT92";
