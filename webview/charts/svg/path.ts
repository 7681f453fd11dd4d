/** The path that a canvas context is at, as the data of an SVG path. */
import { decimal } from "./decimal";

export class SvgPath {
  /** Empty: nothing has been added since the path was begun. */
  data = "";

  begin(): void {
    this.data = "";
  }

  close(): void {
    if (this.data !== "") this.data += "Z";
  }

  moveTo(x: number, y: number): void {
    this.add("M", x, y);
  }

  lineTo(x: number, y: number): void {
    this.add(this.data === "" ? "M" : "L", x, y);
  }

  curveTo(command: "Q" | "C", ...points: readonly number[]): void {
    this.add(command, ...points);
  }

  rectangle(x: number, y: number, width: number, height: number): void {
    this.data += rectangleData(x, y, width, height);
  }

  /** Angles are in radians; a line leads to where the arc begins. */
  ellipse(
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
    rotation: number,
    start: number,
    end: number,
    isCounterclockwise = false,
  ): void {
    const [cosine, sine] = [Math.cos(rotation), Math.sin(rotation)];
    const pointAt = (angle: number): readonly [number, number] => {
      const [alongX, alongY] = [radiusX * Math.cos(angle), radiusY * Math.sin(angle)];
      return [x + alongX * cosine - alongY * sine, y + alongX * sine + alongY * cosine];
    };
    this.lineTo(...pointAt(start));
    const sweep = isCounterclockwise ? 0 : 1;
    for (const stop of arcStops(start, end, isCounterclockwise)) {
      const degrees = (180 * rotation) / Math.PI;
      this.add("A", radiusX, radiusY, degrees, 0, sweep, ...pointAt(stop));
    }
  }

  private add(command: string, ...numbers: readonly number[]): void {
    this.data += command + numbers.map((value) => decimal(value)).join(" ");
  }
}

export function rectangleData(x: number, y: number, width: number, height: number): string {
  const [left, top, across, down] = [x, y, width, height].map((value) => decimal(value));
  return `M${left} ${top}h${across}v${down}H${left}Z`;
}

/** The angles to which an arc goes in turn: an SVG path can't say where an arc of a whole turn leads to. */
function arcStops(start: number, end: number, isCounterclockwise: boolean): readonly number[] {
  const turn = 2 * Math.PI;
  const sign = isCounterclockwise ? -1 : 1;
  const way = sign * (end - start);
  const length = way >= turn ? turn : ((way % turn) + turn) % turn;
  const middle = start + (sign * length) / 2;
  return length > Math.PI ? [middle, start + sign * length] : [start + sign * length];
}
