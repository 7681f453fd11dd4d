import { describe, expect, it } from "vitest";
import { SvgPath } from "../../webview/charts/svg/path";

const TURN = 2 * Math.PI;

function drawn(draw: (path: SvgPath) => void): string {
  const path = new SvgPath();
  draw(path);
  return path.data;
}

describe("a canvas path as SVG", () => {
  it("begins where its first line goes to", () => {
    expect(drawn((path) => path.lineTo(1, 2))).toBe("M1 2");
    expect(drawn((path) => path.close())).toBe("");
  });

  it("has hundredths of a pixel, and no zero with a sign", () => {
    expect(drawn((path) => path.moveTo(1 / 3, -0.001))).toBe("M0.33 0");
  });

  it("goes round a circle in two halves, as the end of a whole turn is its beginning", () => {
    expect(drawn((path) => path.ellipse(10, 10, 5, 5, 0, 0, TURN))).toBe(
      "M15 10A5 5 0 0 1 5 10A5 5 0 0 1 15 10",
    );
  });

  it("goes on from where it is to an arc, the shorter or the longer way round", () => {
    const quarter = drawn((path) => {
      path.moveTo(0, 0);
      path.ellipse(10, 10, 5, 5, 0, 0, TURN / 4);
    });
    expect(quarter).toBe("M0 0L15 10A5 5 0 0 1 10 15");
    // Counterclockwise from the right to the bottom: three quarters, over the left.
    expect(drawn((path) => path.ellipse(10, 10, 5, 5, 0, 0, TURN / 4, true))).toMatch(
      /^M15 10A5 5 0 0 0 [\d.]+ [\d.]+A5 5 0 0 0 10 15$/,
    );
  });

  it("turns an ellipse", () => {
    expect(drawn((path) => path.ellipse(0, 0, 4, 2, TURN / 4, 0, TURN / 2))).toBe(
      "M0 4A4 2 90 0 1 0 -4",
    );
  });
});
