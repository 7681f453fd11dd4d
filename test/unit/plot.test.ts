import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plot, XYPlot } from "../../src/protocol/studyFigure";
import type { Drawing } from "../../src/report/plot/drawing";
import { drawPlot } from "../../src/report/plot/drawPlot";
import { type Markup, markupText } from "../../src/report/plot/markup";
import { PRINT_PALETTE } from "../../src/report/plot/palette";
import { isDrawable } from "../../src/report/plot/scale";
import { anyPlot } from "../support/plots";
import {
  calibrationFigure,
  concentrationFigure,
  coverageFigure,
  increaseFigure,
  scatterFigure,
} from "../support/studyFigures";

const draw = (plot: Plot, width = 640) => drawPlot(plot, PRINT_PALETTE, width);

function all(root: Markup): readonly Markup[] {
  return [root, ...root.children.flatMap((one) => (typeof one === "string" ? [] : all(one)))];
}

const attributesOf = ({ root }: Drawing) =>
  all(root).flatMap(({ attributes }) => Object.values(attributes));

const texts = ({ root }: Pick<Drawing, "root">) =>
  all(root).flatMap(({ tag, children }) => {
    const words = children.filter((child) => typeof child === "string");
    return tag === "text" ? [words.join("")] : [];
  });

/** Values that have a place on the axes. */
function drawableValues(plot: Plot): number {
  if (plot.kind === "bars") {
    const values = plot.series.flatMap((one) => one.values.slice(0, plot.groups.length));
    return values.filter((value) => isDrawable(value?.value, plot.y)).length;
  }
  if (plot.kind === "panels") {
    return plot.panels.reduce((sum, panel) => sum + drawableValues(panel), 0);
  }
  const points = plot.series.flatMap(({ points }) => points);
  return points.filter(({ x, y }) => isDrawable(x, plot.x) && isDrawable(y, plot.y)).length;
}

describe("any plot", () => {
  it("has a mark inside the picture for every value that has a place", () => {
    fc.assert(
      fc.property(anyPlot, fc.integer({ min: 0, max: 1400 }), (plot, width) => {
        const { marks, width: wide, height } = draw(plot, width);
        expect(marks).toHaveLength(drawableValues(plot));
        const outside = marks.filter(
          ({ box: { left, top, right, bottom } }) =>
            !(left >= 0 && top >= 0 && left <= right && top <= bottom) ||
            !(right <= wide + 1e-6 && bottom <= height + 1e-6),
        );
        expect(outside).toEqual([]);
      }),
    );
  });

  it("is no wider than it may be, and writes only numbers that SVG knows", () => {
    fc.assert(
      fc.property(anyPlot, fc.integer({ min: 240, max: 1400 }), (plot, width) => {
        const drawing = draw(plot, width);
        expect(drawing.width).toBeLessThanOrEqual(width);
        const isNone = (value: string) => /NaN|Infinity|undefined|null/.test(value);
        expect(attributesOf(drawing).filter(isNone)).toEqual([]);
      }),
    );
  });

  it("keeps foreign text as text, and lets nothing unseen through", () => {
    fc.assert(
      fc.property(anyPlot, (plot) => {
        const written = markupText(draw(plot).root);
        // eslint-disable-next-line no-control-regex
        expect(written).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202A-\u202E\uFFFE\uFFFF]/);
        // Halves of pairs would throw.
        expect(() => encodeURIComponent(written)).not.toThrow();
        expect(written).not.toContain("<script");
        const outside = written.replace(/<\/?[a-z]+(?: [\w-]+="[^"<>]*")*>/gi, "");
        expect(outside).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      }),
    );
  });
});

describe("bars", () => {
  const { plot } = increaseFigure();
  if (plot.kind !== "bars") throw new Error("Not bars.");

  it("rise above zero or hang below it", () => {
    const { root, marks } = draw({
      ...plot,
      groups: [
        { label: "a", category: "" },
        { label: "b", category: "" },
      ],
      series: [
        {
          name: "one",
          role: "rlhf",
          values: [0.4, -0.2].map((value) => ({ value, low: null, high: null })),
        },
      ],
    });
    const [up, down] = marks;
    expect(up!.box.bottom).toBeCloseTo(down!.box.top, 6);
    const height = ({ top, bottom }: { top: number; bottom: number }) => bottom - top;
    expect(height(up!.box) / height(down!.box)).toBeCloseTo(2, 6);
    expect(texts({ root })).toEqual(
      expect.arrayContaining(["−20 %", "0 %", "20 %", "40 %", "a", "b", "one"]),
    );
  });

  it("say their group, series, value and interval", () => {
    const { value, low, high } = plot.series[0]!.values[0]!;
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    expect(draw(plot).marks[0]!.words).toEqual([
      "C4",
      "tiny-stories twins",
      `Perplexity increase: ${percent(value)} (95 %: ${percent(low!)} to ${percent(high!)})`,
    ]);
  });

  it("have a line across them at what they are held against, which is named", () => {
    const level = { value: 0.2, label: "Best control, unigram" };
    const value = { value: 0.5, low: null, high: null };
    const plot: Plot = {
      kind: "bars",
      groups: ["n = 1", "n = 2"].map((label) => ({ label, category: "" })),
      series: [{ name: "Base", role: "base", values: [value, value], levels: [level, null] }],
      y: { label: "Tokens found", scale: "linear", format: "percent" },
      level: "best control",
    };
    const { marks, root } = draw(plot);
    expect(marks.map(({ words }) => words.slice(3))).toEqual([["Best control, unigram: 20 %"], []]);
    expect(texts({ root })).toContain("best control");
    const across = all(root).filter(({ attributes }) => attributes["stroke-width"] === "2");
    expect(across).toHaveLength(1);
    const [y, from, to] = ["y1", "x1", "x2"].map((name) => Number(across[0]!.attributes[name]));
    const { box } = marks[0]!;
    expect(from).toBeLessThanOrEqual(box.left);
    expect(to).toBeGreaterThanOrEqual(box.right);
    // The bar stands on zero.
    expect(y).toBeCloseTo(box.bottom - (0.2 / 0.5) * (box.bottom - box.top), 1);
  });

  it("name each category once where its groups are apart in the data", () => {
    const groups = ["A", "B", "A", "B"].map((category, i) => ({ label: `corpus ${i}`, category }));
    const drawing = draw({ ...plot, groups });
    const shown = texts(drawing);
    expect(shown.filter((text) => text === "A" || text === "B")).toEqual(["A", "B"]);
    expect(shown.filter((text) => text.startsWith("corpus"))).toEqual(
      [0, 2, 1, 3].map((i) => `corpus ${i}`),
    );
    expect(drawing.marks.map(({ words }) => words[0]).slice(0, 4)).toEqual(
      Array<string>(4).fill("corpus 0"),
    );
  });

  it("go on in another row where hundreds find no room", () => {
    const values = Array.from({ length: 300 }, (_, i) => ({ value: i + 1, low: null, high: null }));
    const groups = values.map((_, i) => ({ label: `corpus ${i}`, category: "all" }));
    const { marks, width } = draw({
      ...plot,
      groups,
      series: [{ name: "one", role: "base", values }],
    });
    expect(width).toBe(640);
    expect(marks).toHaveLength(300);
    expect(Math.min(...marks.map(({ box }) => box.right - box.left))).toBeGreaterThan(4);
    // Of two bars in a row the left one comes first, and no two lie on one another.
    marks.slice(1).forEach(({ box }, i) => {
      const before = marks[i]!.box;
      expect(box.left >= before.right || box.top > before.bottom).toBe(true);
    });
  });

  it("stand on the lower end of a logarithmic axis, with nothing for zero", () => {
    const values = [0, 1, 10, 100].map((value) => ({ value, low: null, high: null }));
    const groups = values.map((_, i) => ({ label: String(i), category: "" }));
    const { marks } = draw({
      kind: "bars",
      groups,
      series: [{ name: "one", role: "base", values }],
      y: { label: "perplexity", scale: "log", format: "number" },
    });
    expect(marks.map(({ words }) => words.at(-1))).toEqual(
      [1, 10, 100].map((value) => `perplexity: ${value}`),
    );
    const tops = marks.map(({ box }) => box.top);
    expect(tops[0]! - tops[1]!).toBeCloseTo(tops[1]! - tops[2]!, 6);
  });
});

describe("lines and points", () => {
  it("name powers of ten on a logarithmic axis and per cent on the other", () => {
    const shown = texts(draw(concentrationFigure().plot, 420));
    expect(shown).toEqual(expect.arrayContaining(["1", "10", "100", "1,000", "10,000"]));
    expect(shown).toEqual(expect.arrayContaining(["60 %", "80 %", "100 %"]));
  });

  it("lie where both values are equal on the diagonal", () => {
    const { plot } = scatterFigure();
    if (plot.kind !== "points") throw new Error("No points.");
    const points = [1, 3, 50, 700].map((x) => ({ x, y: x }));
    const { marks, root } = draw({ ...plot, series: [{ name: "one", role: "base", points }] });
    const line = all(root).find(
      ({ attributes }) =>
        attributes["stroke-dasharray"] === "4 4" &&
        Number(attributes["y1"]) > Number(attributes["y2"]),
    )!;
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) =>
      Number(line.attributes[name]),
    ) as [number, number, number, number];
    expect(x2 - x1).toBeCloseTo(y1 - y2, 1);
    for (const { box } of marks) {
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      expect(x - x1).toBeCloseTo(y1 - y, 1);
    }
  });

  it("end a line where a value is missing", () => {
    const { plot } = calibrationFigure();
    if (plot.kind !== "lines") throw new Error("No lines.");
    const ys = [0.1, 0.2, NaN, 0.4, 0.5, 0.6];
    const points = ys.map((y, i) => ({ x: i / 10, y, low: y - 0.01, high: y + 0.01 }));
    const { root, marks } = draw({ ...plot, series: [{ name: "one", role: "base", points }] });
    expect(marks).toHaveLength(5);
    const paths = all(root).flatMap(({ attributes }) => attributes["d"] ?? []);
    const corners = (d: string) => d.split("L").length;
    expect(paths.map(corners)).toEqual([4, 6, 2, 3]);
  });

  it("can be marks or a line alone among lines", () => {
    const points = [1, 2, 3].map((x) => ({ x, y: x }));
    const axis = { label: "", scale: "linear", format: "number" } as const;
    const drawn = (drawnAs?: "line" | "marks") => {
      const series = [{ name: "Base", role: "base" as const, points, ...(drawnAs && { drawnAs }) }];
      const { root } = draw({ kind: "lines", x: axis, y: axis, series, diagonal: false });
      const count = (tag: string) => all(root).filter((one) => one.tag === tag).length;
      return [count("path"), count("circle")];
    };
    // The legend has one mark, too.
    expect([drawn(), drawn("line"), drawn("marks")]).toEqual([
      [1, 4],
      [1, 0],
      [0, 4],
    ]);
  });

  it("draw some of many thousands, and say so", () => {
    const { marks, notes } = draw(scatterFigure(10_000).plot);
    expect(marks.length).toBeGreaterThan(1000);
    expect(marks.length).toBeLessThanOrEqual(2000);
    expect(notes).toEqual([
      `${marks.length.toLocaleString("en-US")} of 10,000 points are drawn; those left out lie on or close to drawn ones.`,
    ]);
    expect(marks[0]!.target).toBe("Wikipedia/0");
  });

  it("tell four series apart without any colour", () => {
    const { root } = draw(concentrationFigure().plot);
    const lines = all(root).filter(
      ({ attributes }) => attributes["stroke-width"] === "2" && attributes["d"],
    );
    const looks = lines.map(({ attributes }) => [
      attributes["stroke"],
      attributes["stroke-dasharray"],
    ]);
    expect(new Set(looks.map(String)).size).toBe(4);
    const markers = all(root).filter(({ tag }) => tag === "circle" || tag === "polygon");
    const shapes = markers.map(({ tag, attributes }) => [tag, attributes["fill"] === "#ffffff"]);
    expect(new Set(shapes.map(String)).size).toBe(4);
  });
});

describe("panels", () => {
  const line = (label: string): XYPlot<"lines"> => ({
    kind: "lines",
    x: { label: "Round", scale: "linear", format: "number" },
    y: { label, scale: "linear", format: "number" },
    series: [
      { name: label, role: "base", points: [0, 1, 2].map((x) => ({ x, y: x + label.length })) },
    ],
    diagonal: false,
  });
  const plot = { kind: "panels", panels: ["loss", "sharing", "score"].map(line) } as const;

  it("stand beside each other where there is room, else below", () => {
    const corners = (width: number) => {
      const { root } = draw(plot, width);
      const roots = root.children.filter((one) => typeof one !== "string" && one.tag === "svg");
      return (roots as Markup[]).map(({ attributes: { x, y } }) => [Number(x), Number(y)]);
    };
    const wide = corners(640);
    expect(wide.map(([x]) => x! > 0)).toEqual([false, true, false]);
    expect(wide[1]![1]).toBe(0);
    expect(wide[2]![1]).toBeGreaterThan(200);
    expect(corners(400).map(([x]) => x)).toEqual([0, 0, 0]);
  });

  it("have their marks where they stand, in reading order", () => {
    const { marks, width } = draw(plot);
    expect(marks.map(({ words }) => words[0])).toEqual(
      ["loss", "sharing", "score"].flatMap((name) => [name, name, name]),
    );
    const left = marks.slice(0, 3).map(({ box }) => box.right);
    const right = marks.slice(3, 6).map(({ box }) => box.left);
    expect(Math.max(...left)).toBeLessThan(width / 2);
    expect(Math.min(...right)).toBeGreaterThan(width / 2);
  });

  it("without values are left out", () => {
    const empty = { ...line("nothing"), series: [] };
    const { root } = draw({ kind: "panels", panels: [line("loss"), empty] });
    expect(texts({ root })).not.toContain("nothing");
  });
});

describe("nothing", () => {
  it.each([
    ["bars", { ...coverageFigure().plot, series: [] }],
    ["points", { ...scatterFigure().plot, series: [] }],
    ["panels", { kind: "panels" as const, panels: [] }],
  ])("is said in words in place of %s", (_, plot) => {
    const drawing = draw(plot);
    expect(texts(drawing)).toEqual(["There is no value to draw yet."]);
    expect(drawing.marks).toEqual([]);
  });
});
