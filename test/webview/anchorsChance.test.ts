/** The chance level of overlap in the anchors panel: it comes last, and stands beside the curves. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  AveragesMessage,
  ChanceView,
  MeanCurve,
  RoleAverages,
} from "../../src/protocol/anchorViews";
import type { FromAnchors, ToAnchors } from "../../src/protocol/panels";
import { ROLES } from "../../src/protocol/roles";
import { wordNgrams } from "../../src/report/ngramViews";
import { launchBrowser } from "../support/browser";
import { runOf, type TestRun, testRun } from "./anchorsData";
import { openPanel, type PanelPage, screenshot } from "./panelPage";
import { type Picture, pixelsOf, readCanvas } from "./pixels";
import { readSvg } from "./svgFile";
import { lightTheme } from "./themes";

let browser: Browser;
let panel: PanelPage<ToAnchors | AveragesMessage, FromAnchors>;
beforeAll(async () => {
  browser = await launchBrowser();
  panel = await openPanel(browser, "anchors", lightTheme, { width: 1200, height: 1700 });
});
afterAll(() => browser.close());

const level = (mean: number, spread: number): MeanCurve => {
  const flat = (value: number) => Array<number>(100).fill(value);
  const [low, high] = [mean - spread, mean + spread];
  return {
    mean: flat(mean),
    low: flat(low),
    high: flat(high),
    all: { value: mean, low, high },
  };
};
const chance: ChanceView = {
  kind: "sentences",
  draws: 20,
  seed: 1,
  overlap: level(0.2, 0.1),
  alignedShare: level(0.4, 0.2),
};

const figure = (title: string) =>
  panel.page.locator("section.figure", {
    has: panel.page.getByRole("heading", { name: title, exact: true }),
  });
const caption = (title: string) => figure(title).locator(".caption").textContent();
const rows = (of: Locator) =>
  of.evaluateAll((found) =>
    found.map((row) => Array.from(row.children, (cell) => cell.textContent ?? "")),
  );

/** What charts write from now on, their legends included. */
async function watchWords(): Promise<() => Promise<readonly string[]>> {
  await panel.page.evaluate(() => {
    const written: string[] = [];
    const { prototype } = CanvasRenderingContext2D;
    const fillText = Reflect.get<typeof prototype, "fillText">(prototype, "fillText");
    prototype.fillText = function (text, ...place) {
      written.push(text);
      fillText.call(this, text, ...place);
    };
    Object.assign(window, { written });
  });
  return () => panel.page.evaluate(() => (window as unknown as { written: string[] }).written);
}

/** How many pixels have a fifth of the opacity, as bands have, and the colour of a variable. */
async function bandPixels({ rgba, ...size }: Picture, variable: string): Promise<number> {
  const color = await panel.page.evaluate(
    (name) => getComputedStyle(document.body).getPropertyValue(name),
    variable,
  );
  const opaque = rgba.map((value, at) => (at % 4 < 3 ? value : value === 0x33 ? 255 : 0));
  // Colours of few levels of opacity are rounded.
  return pixelsOf({ ...size, rgba: opaque }, color, 3).length;
}

async function show(run: TestRun): Promise<void> {
  for (const message of run.messages) await panel.send(message);
  await panel.page.waitForSelector("body[data-drawn='1']");
  await panel.page.getByRole("tab", { name: "Overlap" }).click();
}

const sendChance = async () => {
  for (const role of ROLES) await panel.send({ type: "chance", role, chance });
};

describe("a run's chance level", () => {
  const run = testRun(20);
  beforeEach(() => show(run));

  test("is drawn with its band beside both curves, and named in the legend", async () => {
    expect(await caption("Overlap")).not.toContain("chance");
    const canvas = panel.page.getByRole("application", { name: /^Overlap/ });
    const before = await readCanvas(canvas);
    const written = await watchWords();
    await sendChance();
    await expect
      .poll(() => caption("Overlap"))
      .toContain(
        "Dotted: chance, the mean of 20 draws of sentences shuffled between samples; the band holds 95 % of them.",
      );
    for (const name of ["Base", "RLHF"]) {
      expect(await written()).toEqual(
        expect.arrayContaining([name, `${name} by chance`, `${name} by chance, 95 %`]),
      );
    }
    // Where the bands lie over each other their colours blend, so the other model's goes elsewhere.
    const apart = { ...chance, overlap: level(0.7, 0.1) };
    await panel.send({ type: "chance", role: "rlhf", chance: apart });
    await expect
      .poll(async () => bandPixels(await readCanvas(canvas), "--twinlens-rlhf"))
      .toBeGreaterThan(1000);
    const after = await readCanvas(canvas);
    expect(await bandPixels(after, "--twinlens-base")).toBeGreaterThan(1000);
    for (const role of ROLES) {
      expect(await bandPixels(before, `--twinlens-${role}`)).toBeLessThan(100);
    }
    await screenshot(panel.page, "anchors-chance");
    expect(panel.complaints).toEqual([]);
  });

  test("stands in the tables, the CSV and what is read out", async () => {
    await sendChance();
    await expect.poll(() => caption("Aligned samples")).toContain("chance");
    const alignments = run.messages.flatMap((m) => (m.type === "alignment" ? [m.alignment] : []));
    const expected = {
      Overlap: ["20.00", "10.00", "30.00"],
      "Aligned samples": ["40.00", "20.00", "60.00"],
    };
    for (const [title, byChance] of Object.entries(expected)) {
      await figure(title).locator("summary").click();
      await figure(title).locator("table").waitFor();
      const [first] = await rows(figure(title).locator("tbody tr"));
      const curve = title === "Overlap" ? ("overlap" as const) : ("alignedShare" as const);
      const own = alignments.map((alignment) => (100 * alignment[curve]![0]!).toFixed(2));
      expect(first).toEqual(["0.5", own[0], ...byChance, own[1], ...byChance]);
    }
    await panel.forget();
    await figure("Overlap").getByText("Save CSV").click();
    const { text } = await panel.waitFor("saveText");
    expect(text.split("\r\n")[0]).toContain(
      '"Base, chance: sentences shuffled between samples, % of pairs","Base, chance: sentences shuffled between samples, low"',
    );
    await panel.page.getByRole("application", { name: /^Overlap/ }).press("Home");
    expect(await figure("Overlap").locator(".reading").textContent()).toContain(
      "Base, chance: sentences shuffled between samples 20.00",
    );
  });

  test("says of each anchor how overlap lies there, in table and diagram", async () => {
    await panel.page.getByRole("tab", { name: "Anchors" }).click();
    const table = panel.page.locator(".anchors table");
    const words = (role: string) =>
      table
        .locator("tbody tr", { has: panel.page.getByRole("rowheader", { name: role }) })
        .evaluateAll((found) => found.map((row) => row.children[5]?.textContent));
    const labels = panel.page.locator(".flow.rlhf svg tspan", { hasText: " · " });
    const expectAll = async (said: string, isMarked: boolean) => {
      await expect.poll(async () => new Set(await words("RLHF"))).toEqual(new Set([said]));
      for (const label of await labels.allTextContents()) {
        expect(label.endsWith("↑")).toBe(isMarked);
      }
    };
    expect(await labels.count()).toBeGreaterThan(2);
    await expectAll("not measured", false);

    const low = { ...chance, overlap: level(0.02, 0.01) };
    await panel.send({ type: "chance", role: "rlhf", chance: low });
    await expectAll("above", true);
    await screenshot(panel.page, "anchors-against-chance");
    const high = { ...chance, overlap: level(0.98, 0.01) };
    await panel.send({ type: "chance", role: "rlhf", chance: high });
    await expectAll("below", false);
    await labels.first().hover();
    await expect
      .poll(() => panel.page.locator(".flow.rlhf .reading").textContent())
      .toContain("overlap there is below the band of chance");
    // The other model's has not come.
    expect(new Set(await words("Base"))).toEqual(new Set(["not measured"]));
  });

  test("is left out where a part of the samples is compared", async () => {
    await show(runOf({ rlhf: run.texts.rlhf, base: run.texts.base.slice(0, 12) }));
    await sendChance();
    await expect.poll(() => caption("Overlap")).toContain("Compared at equal numbers");
    expect(await caption("Overlap")).not.toContain("chance");
  });
});

test("means over prompts have theirs, over all places too", async () => {
  const { unit, shared, tenGrams, diversity } = wordNgrams(["one two three"]);
  const base: RoleAverages = {
    unit,
    sharing: shared,
    tenGrams,
    diversity,
    overlap: level(0.3, 0.05),
    alignedShare: level(0.6, 0.05),
    chance: { ...chance, kind: "prompts" },
    withoutOverlap: 0,
  };
  const models = { base: "twin-base (Q8_0)", rlhf: null };
  const averages = { prompts: 60, samples: 100, models, rlhf: null, base };
  await panel.forget();
  await panel.send({ type: "averages", averages });
  const mean = panel.page.locator("section.averages section.figure");
  await mean.first().waitFor();
  const captionOf = (title: string) =>
    mean
      .filter({ has: panel.page.getByRole("heading", { name: title, exact: true }) })
      .locator(".caption")
      .textContent();
  expect(await captionOf("Overlap")).toContain("20 draws of texts of different prompts");
  expect(await captionOf("Overlap")).toContain(
    "Over all places: Base 30.00 % (95 %: 25.00 to 35.00), by chance 20.00 % (95 %: 10.00 to 30.00).",
  );
  expect(await captionOf("Aligned samples")).toContain("by chance 40.00 %");
  await mean.last().getByText("Save SVG").click();
  const { name, text } = await panel.waitFor("saveText");
  expect(name).toBe("mean-aligned-samples");
  expect((await readSvg(panel.page, text)).words.slice(0, 3)).toEqual([
    "Aligned samples",
    "60 prompts, up to 100 samples per model and prompt",
    "Base: twin-base (Q8_0)",
  ]);
});
