/** What a canvas shows, read back from its pixels. */
import type { Locator, Page } from "playwright-core";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha, `[row][column][4]`. */
  readonly rgba: Uint8Array;
}

export async function readCanvas(canvas: Locator): Promise<Picture> {
  const url = await canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL("image/png"));
  return readPng(canvas.page(), url.slice(url.indexOf(",") + 1));
}

/** Decodes a picture in the page; `base64` as the panel posts it. */
export async function readPng(page: Page, base64: string): Promise<Picture> {
  const { width, height, pixels } = await page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const { data } = context!.getImageData(0, 0, width, height);
    let binary = "";
    for (let start = 0; start < data.length; start += 0x8000) {
      binary += String.fromCharCode(...data.subarray(start, start + 0x8000));
    }
    return { width, height, pixels: btoa(binary) };
  }, base64);
  return { width, height, rgba: Buffer.from(pixels, "base64") };
}

/**
 * Places of the opaque pixels of a colour (`#rrggbb`), row by row; each channel may be off by `tolerance`, as edges
 * are blended.
 */
export function pixelsOf(
  picture: Picture,
  color: string,
  tolerance = 0,
): readonly { x: number; y: number }[] {
  const { rgba, width } = picture;
  const wanted = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const isWanted = (at: number) =>
    rgba[at + 3]! >= 255 - tolerance &&
    wanted.every((value, channel) => Math.abs(rgba[at + channel]! - value) <= tolerance);
  const found = [];
  for (let at = 0; at < rgba.length; at += 4) {
    if (isWanted(at)) found.push({ x: (at / 4) % width, y: Math.floor(at / 4 / width) });
  }
  return found;
}
