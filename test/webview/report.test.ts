/** The document report in a real browser: everything it says is compared with the data it was given. */
import { crc32 } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import type { FromReport, ToReport } from "../../src/protocol/panels";
import type { DocumentReport, ReportData } from "../../src/protocol/report";
import { launchBrowser } from "../support/browser";
import { openPanel, type PanelPage, screenshot } from "./panelPage";
import { PRINT_THEME } from "../../webview/kit/printTheme";
import { pixelsOf, readCanvas, readPng } from "./pixels";
import { readSvg } from "./svgFile";
import { reportData } from "./reportData";
import { allThemes, darkTheme, lightTheme } from "./themes";

type ReportPage = PanelPage<ToReport, FromReport>;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const report = reportData();

const inUse = (shown: ReportData): DocumentReport => ({
  ...shown,
  measured: { pair: "twins", replacedBy: null },
});

async function show({ page, send }: ReportPage, shown: ReportData): Promise<void> {
  await send({ type: "show", report: inUse(shown) });
  await page.waitForSelector("body[data-drawn='1']");
}

describe("a report", () => {
  let panel: ReportPage;
  beforeAll(async () => {
    panel = await openPanel(browser, "report", darkTheme);
  });
  beforeEach(async () => {
    await panel.forget();
    await panel.setTheme(darkTheme);
    await show(panel, report);
  });
  afterAll(() => panel.page.close());

  const canvas = (name: string) =>
    panel.page.getByRole("application", { name: new RegExp(`^${name}\\.`) });
  const colorOf = (role: "base" | "rlhf") =>
    panel.page.evaluate(
      (name) => getComputedStyle(document.body).getPropertyValue(name),
      `--twinlens-${role}`,
    );

  test("says both perplexities, the increase and what the interval means", async () => {
    const { base, rlhf } = report.summary;
    const increase = (100 * (rlhf!.perplexity / base!.perplexity - 1)).toFixed(1);
    expect(await panel.page.locator("h1").innerText()).toBe("miller.txt");
    expect(await panel.page.locator(".measure").allInnerTexts()).toEqual([
      `Base\n${base!.perplexity.toFixed(2)}\nperplexity, ± ${base!.perplexityError.toFixed(2)} standard error`,
      `RLHF\n${rlhf!.perplexity.toFixed(2)}\nperplexity, ± ${rlhf!.perplexityError.toFixed(2)} standard error`,
      `RLHF over base\n+${increase} %\nperplexity`,
    ]);
    const { value, low, high } = report.summary.paired!;
    expect(await panel.page.locator(".verdict").innerText()).toBe(
      `The RLHF model needs ${value.toFixed(3)} bits per token more than the base model (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}): more than chance explains on this text.`,
    );
  });

  test("does not call a difference real whose interval contains zero", async () => {
    await show(panel, {
      ...report,
      summary: { ...report.summary, paired: { value: 0.01, low: -0.02, high: 0.04 } },
    });
    expect(await panel.page.locator(".verdict").innerText()).toBe(
      "The 95 % interval −0.020 to 0.040 bits per token contains zero: on this text the two models can't be told apart.",
    );
  });

  test("has the numbers of every chart as a table", async () => {
    const tables = await openTables(panel);
    const [base, rlhf] = [report.base!, report.rlhf!];
    expect(tables["Along the text"]).toEqual(
      base.running.map(({ offset, bits }, i) => [
        offset.toLocaleString("en-US"),
        bits.toFixed(2),
        rlhf.running[i]!.bits.toFixed(2),
      ]),
    );
    expect(tables["Base against RLHF"]).toEqual(
      report.scatter.map((segment) => [
        `${segment.start}–${segment.endExclusive}`,
        segment.text,
        segment.base.toFixed(2),
        segment.rlhf.toFixed(2),
        signed(segment.rlhf - segment.base),
      ]),
    );
    const tokens = base.summary.tokens;
    expect(tables["Surprisal"]?.map((row) => row.slice(1))).toEqual(
      base.histogram.map((count, bin) =>
        [count, rlhf.histogram[bin]!].flatMap((n) => [
          n.toLocaleString("en-US"),
          `${((100 * n) / tokens).toFixed(1)} %`,
        ]),
      ),
    );
    expect(tables["Concentration"]).toEqual(
      base.sharpness!.concentration.map((value, i) => [
        String(report.concentrationKs[i]),
        `${(100 * value).toFixed(1)} %`,
        `${(100 * rlhf.sharpness!.concentration[i]!).toFixed(1)} %`,
      ]),
    );
    expect(tables["Coverage"]).toEqual(
      [base, rlhf].map((model, i) => [
        ["Base", "RLHF"][i],
        model.sharpness!.coverage.toFixed(1),
        model.sharpness!.coveragePercent.toFixed(1),
      ]),
    );
  });

  test("says what was not measured of one model, and shows the other's", async () => {
    await show(panel, { ...report, base: { ...report.base!, sharpness: null } });
    const { concentration, coverage, coveragePercent } = report.rlhf!.sharpness!;
    const tables = await openTables(panel);
    expect(tables["Concentration"]).toEqual(
      concentration.map((value, i) => [
        String(report.concentrationKs[i]),
        "not measured",
        `${(100 * value).toFixed(1)} %`,
      ]),
    );
    expect(tables["Coverage"]).toEqual([
      ["Base", "not measured", "not measured"],
      ["RLHF", coverage.toFixed(1), coveragePercent.toFixed(1)],
    ]);
    const entropy = panel.page.getByRole("row", { name: /^Mean entropy/ });
    expect(await entropy.innerText()).toContain("not measured");
  });

  test("says of how many segments the points are", async () => {
    const caption = () =>
      panel.page
        .locator("section.figure", { has: canvas("Base against RLHF") })
        .locator(".caption")
        .innerText();
    const { length } = report.scatter;
    expect(await caption()).toContain(`Bits under both models of all ${length} segments.`);
    const common = { ...report.summary.common!, segments: 5000 };
    await show(panel, { ...report, summary: { ...report.summary, common } });
    expect(await caption()).toContain(`of ${length} of 5,000 segments, evenly drawn.`);
  });

  test("draws the charts in the models' colours", async () => {
    const histogram = await readCanvas(canvas("Surprisal"));
    const areas = await Promise.all(
      (["base", "rlhf"] as const).map(async (role) => {
        return pixelsOf(histogram, await colorOf(role)).length;
      }),
    );
    // Both models' bars add up to all tokens, so both colours fill the same area; edges are blended.
    expect(areas[0]).toBeGreaterThan(3000);
    expect(areas[1]! / areas[0]!).toBeGreaterThan(0.8);
    expect(areas[1]! / areas[0]!).toBeLessThan(1.25);
    for (const name of ["Along the text", "Base against RLHF", "Concentration", "Coverage"]) {
      const picture = await readCanvas(canvas(name));
      for (const role of ["base", "rlhf"] as const) {
        // Thin lines and small points are mostly edge.
        const drawn = pixelsOf(picture, await colorOf(role), 60).length;
        expect(drawn, `${name}, ${role}`).toBeGreaterThan(50);
      }
    }
  });

  test("draws anew in the colours of another theme", async () => {
    const before = await colorOf("base");
    await panel.setTheme(lightTheme);
    const after = await colorOf("base");
    expect(after).not.toBe(before);
    const picture = await readCanvas(canvas("Coverage"));
    expect(pixelsOf(picture, after).length).toBeGreaterThan(1000);
    expect(pixelsOf(picture, before).length).toBe(0);
  });

  test("goes to the text when a point is clicked", async () => {
    const highest = report.scatter.reduce((a, b) => (b.rlhf > a.rlhf ? b : a));
    const picture = await readCanvas(canvas("Base against RLHF"));
    const points = pixelsOf(picture, await colorOf("base"), 60);
    // The legend's mark stands in the first rows.
    const top = points.find(({ y }) => y > 25)!;
    await canvas("Base against RLHF").click({ position: { x: top.x, y: top.y + 2 } });
    expect(await panel.waitFor("reveal")).toEqual({
      type: "reveal",
      start: highest.start,
      endExclusive: highest.endExclusive,
    });
  });

  test("does nothing when the empty part of the chart is clicked", async () => {
    await canvas("Base against RLHF").click({ position: { x: 400, y: 450 } });
    await canvas("Surprisal").click();
    expect(await panel.posted()).toEqual([]);
  });

  test("can be walked with the keyboard and goes to the text on Enter", async () => {
    const { page } = panel;
    await canvas("Base against RLHF").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    const segment = report.scatter.at(-2)!;
    const reading = page
      .locator("section", { has: canvas("Base against RLHF") })
      .locator(".reading");
    expect(await reading.textContent()).toBe(
      `“${segment.text}”: base ${segment.base.toFixed(2)} bits, RLHF ${segment.rlhf.toFixed(2)} bits`,
    );
    await page.keyboard.press("Enter");
    await canvas("Along the text").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const [first, second, third] = report.base!.running;
    expect(first!.offset).toBe(0);
    expect(await panel.posted()).toEqual([
      { type: "reveal", start: segment.start, endExclusive: segment.endExclusive },
      { type: "reveal", start: second!.offset, endExclusive: third!.offset },
    ]);
  });

  test("reaches every chart, button, table and explanation with the Tab key", async () => {
    const { page } = panel;
    await page.locator("h1").click();
    const reached: string[] = [];
    for (let i = 0; i < 45; i++) {
      await page.keyboard.press("Tab");
      reached.push(
        await page.evaluate(() => {
          const element = document.activeElement;
          return element?.getAttribute("aria-label")?.split(".")[0] ?? element?.textContent ?? "";
        }),
      );
    }
    const chart = (title: string) => [
      ...[title, `Save PNG: ${title}`, `Save SVG: ${title}`],
      ...[title, "Table"],
    ];
    expect(reached.slice(0, 39)).toEqual([
      "Export CSV",
      "Export JSON",
      ...["perplexity", "standard error", "perplexity", "standard error", "RLHF over base"],
      ...["Bits per byte", "Bits per word", "Bits in all", "Mean entropy, bits"],
      ...["Tokens", "Tokens scored"],
      ...chart("Along the text"),
      ...chart("Base against RLHF"),
      ...chart("Surprisal"),
      ...chart("Coverage"),
      ...chart("Concentration"),
      "Models",
    ]);
  });

  test("explains a quantity that is pointed at or has the focus", async () => {
    const { page } = panel;
    const explanation = page.locator(".explanation");
    const word = page.getByRole("button", { name: "Bits per byte" });
    expect(await word.getAttribute("title")).toBe(EXPLANATIONS.bitsPerByte);
    await word.focus();
    expect(await explanation.innerText()).toBe(EXPLANATIONS.bitsPerByte);
    const [note, words] = [(await explanation.boundingBox())!, (await word.boundingBox())!];
    expect(note.y).toBeGreaterThanOrEqual(words.y + words.height);
    expect(note.y).toBeLessThan(words.y + words.height + 20);
    expect(note.x + note.width).toBeLessThanOrEqual(page.viewportSize()!.width);
    await page.keyboard.press("Escape");
    await expect.poll(() => explanation.isVisible()).toBe(false);
    await page.keyboard.press("Tab");
    expect(await explanation.innerText()).toBe(EXPLANATIONS.bitsPerWord);
    await page.getByRole("button", { name: "Export CSV" }).focus();
    await expect.poll(() => explanation.isVisible()).toBe(false);
  });

  test("saves every chart as a drawing for print, whatever the theme", async () => {
    const { page } = panel;
    const { base, rlhf } = report;
    for (const section of await page.locator("section.figure").all()) {
      await panel.forget();
      const title = await section.locator("h2").innerText();
      await section.getByText("Save SVG").click();
      const { name, format, text } = await panel.waitFor("saveText");
      expect(name).toMatch(/^[a-z-]+$/);
      expect(format).toBe("svg");
      const drawing = await readSvg(page, text);
      expect(drawing.words.slice(0, 4)).toEqual([
        title,
        "miller.txt, whole document",
        `Base: twin-base (Q8_0), ${base!.summary.tokens} tokens`,
        `RLHF: twin-rlhf (Q8_0), ${rlhf!.summary.tokens} tokens`,
      ]);
      // What can be done on the page is no matter of paper.
      expect(drawing.words.join(" ")).not.toContain("Choose");
      expect(drawing.tags).not.toContain("image");
      for (const role of ["base", "rlhf"] as const) {
        expect(drawing.colors, `${title}, ${role}`).toContain(PRINT_THEME[role]);
      }
    }
  });

  test("saves the same as a PNG that is as sharp as print, on white", async () => {
    const { page } = panel;
    const section = page.locator("section.figure", { has: canvas("Surprisal") });
    await section.getByText("Save SVG").click();
    const drawing = await readSvg(page, (await panel.waitFor("saveText")).text);
    await section.getByText("Save PNG").click();
    const { name, data } = await panel.waitFor("savePng");
    expect(name).toBe("surprisal-histogram");
    const picture = await readPng(page, data);
    const inches = [drawing.width / 96, drawing.height / 96];
    expect([picture.width, picture.height]).toEqual(inches.map((inch) => Math.round(300 * inch)));
    expect(pixelsOf(picture, "#ffffff")[0]).toEqual({ x: 0, y: 0 });
    // Both models' bars add up to all tokens, so both colours fill the same area.
    const [base, rlhf] = (["base", "rlhf"] as const).map(
      (role) => pixelsOf(picture, PRINT_THEME[role]).length,
    ) as [number, number];
    expect(base).toBeGreaterThan(20_000);
    expect(rlhf / base).toBeGreaterThan(0.8);
    expect(rlhf / base).toBeLessThan(1.25);
    // Programs that print it know how large it is: 300 dots to the inch are 11,811 to the metre.
    const bytes = Buffer.from(data, "base64");
    expect(bytes.toString("latin1", 37, 41)).toBe("pHYs");
    expect([bytes.readUInt32BE(41), bytes.readUInt32BE(45), bytes[49]]).toEqual([11811, 11811, 1]);
    expect(bytes.readUInt32BE(50)).toBe(crc32(bytes.subarray(37, 50)));
    // No pixel is left open to what it is pasted on.
    let open = 0;
    for (let at = 3; at < picture.rgba.length; at += 4) if (picture.rgba[at] !== 255) open++;
    expect(open).toBe(0);
  });

  test("draws a curve for print through all of its points", async () => {
    const section = panel.page.locator("section.figure", { has: canvas("Along the text") });
    await section.getByText("Save SVG").click();
    const { paths } = await readSvg(panel.page, (await panel.waitFor("saveText")).text);
    const { running } = report.base!;
    const pointsOf = (data: string) =>
      Array.from(data.matchAll(/[ML]([\d.]+) ([\d.]+)/g), ([, x, y]) => [Number(x), Number(y)]);
    const curves = paths
      .filter(({ stroke }) => stroke === PRINT_THEME.base)
      .map(({ data }) => pointsOf(data));
    // chart.js goes to the first point twice.
    const points = curves.find(({ length }) => length === running.length + 1)!.slice(1);
    const [lowest, highest] = [Math.min, Math.max].map((choose) =>
      running.findIndex(({ bits }) => bits === choose(...running.map(({ bits }) => bits))),
    ) as [number, number];
    const height = (i: number) => points[lowest]![1]! - points[i]![1]!;
    const bits = (i: number) => running[i]!.bits - running[lowest]!.bits;
    running.forEach((_, i) => {
      expect(height(i)).toBeCloseTo((height(highest) * bits(i)) / bits(highest), 1);
      if (i > 0) expect(points[i]![0]).toBeGreaterThan(points[i - 1]![0]!);
    });
  });

  test("leaves the page in the theme's colours when a chart is saved", async () => {
    const before = await readCanvas(canvas("Surprisal"));
    const section = panel.page.locator("section.figure", { has: canvas("Surprisal") });
    await section.getByText("Save SVG").click();
    await panel.waitFor("saveText");
    await canvas("Surprisal").press("Home");
    await canvas("Surprisal").blur();
    expect((await readCanvas(canvas("Surprisal"))).rgba).toEqual(before.rgba);
  });

  test("says beside the chart that it was not saved, until it is", async () => {
    const section = panel.page.locator("section.figure", { has: canvas("Surprisal") });
    const problem = section.locator("[role=alert]");
    await section.getByRole("button", { name: "Save PNG: Surprisal" }).press("Enter");
    await panel.answer("savePng", "The disk is full.");
    await expect.poll(() => problem.textContent()).toBe("Not saved as PNG: The disk is full.");
    await screenshot(panel.page, "report-not-saved");
    await section.getByRole("button", { name: "Save SVG: Surprisal" }).press("Enter");
    await panel.answer("saveText");
    expect(await problem.textContent()).toBe("");
  });

  test("asks the host for exports", async () => {
    await panel.page.getByText("Export CSV").click();
    await panel.page.getByText("Export JSON").click();
    expect(await panel.posted()).toEqual([
      { type: "export", format: "csv" },
      { type: "export", format: "json" },
    ]);
  });

  test("shows one model without any talk of a difference", async () => {
    await show(panel, {
      ...report,
      base: null,
      scatter: [],
      summary: { ...report.summary, base: null, common: null, increasePercent: null, paired: null },
    });
    expect(await panel.page.locator(".measure .label").allInnerTexts()).toEqual(["RLHF"]);
    expect(await panel.page.locator(".verdict").innerText()).toBe(
      "One model alone: there is no difference to show.",
    );
    expect(await panel.page.locator("h2").allInnerTexts()).toEqual([
      "Along the text",
      "Surprisal",
      "Coverage",
      "Concentration",
    ]);
    const tables = await openTables(panel);
    expect(tables["Coverage"]?.map(([model]) => model)).toEqual(["RLHF"]);
  });

  test("says what to keep in mind: part of the text, other tokens, coarse weights", async () => {
    const partial = {
      ...report.summary.rlhf!,
      scoredRange: { start: 0, endExclusive: 512 },
      prompt: "Why?",
    };
    await show(panel, {
      ...report,
      rlhf: { ...report.rlhf!, summary: partial },
      summary: {
        ...report.summary,
        complete: false,
        sameTokenizer: false,
        rlhf: partial,
        cautions: ["Coarse weights"],
      },
    });
    const tokens = report.summary.base!.tokens.toLocaleString("en-US");
    expect(await panel.page.locator(".note").allInnerTexts()).toEqual([
      "The text was read after a prompt (RLHF).",
      `Not all of the text has been scored: Base tokens 0 to ${tokens} of ${tokens}, RLHF tokens 0 to 512 of ${tokens}.`,
      "The models cut text into different tokens, so their perplexities can't be compared. Bits per byte can, and so can segments that end where a token ends in both.",
      "Coarse weights.",
    ]);
    expect(await panel.page.locator(".measure.difference").innerText()).toMatch(/bits per byte$/);
  });

  test("says with which pair it was measured once that is not in use any more", async () => {
    const measured = { pair: "twins\u202e", replacedBy: "siblings" };
    await panel.send({ type: "show", report: { ...report, measured } });
    await expect
      .poll(() => panel.page.locator(".note").first().innerText())
      .toBe(
        "Out of date: these numbers were measured with twinsU+202E. Highlight the document again.",
      );
    await show(panel, report);
    expect(await panel.page.getByText("Out of date").count()).toBe(0);
  });

  test("shows errors and empty texts, and recovers from them", async () => {
    await panel.send({ type: "error", message: "The engine ended. Choose another model." });
    expect(await panel.page.getByRole("alert").innerText()).toBe(
      "The engine ended. Choose another model.",
    );
    expect(await panel.page.locator("canvas").count()).toBe(0);
    const nothing = { ...report.base!, summary: { ...report.summary.base!, scoredTokens: 0 } };
    await panel.send({ type: "show", report: inUse({ ...report, base: nothing, rlhf: null }) });
    await panel.page.getByText("No token of this text has been scored yet.").waitFor();
    await show(panel, report);
    expect(await panel.page.locator("canvas").count()).toBe(5);
  });

  test("stays as it is when what it asked for goes wrong", async () => {
    await panel.page.getByRole("button", { name: "Export CSV" }).click();
    await panel.page.getByRole("button", { name: "Export JSON" }).click();
    expect(await panel.posted()).toEqual([
      { type: "export", format: "csv" },
      { type: "export", format: "json" },
    ]);
    await panel.answer("export", "The disk is full.");
    await panel.answer("export");
    expect(await panel.page.locator("canvas").count()).toBe(5);
  });

  test("keeps foreign text as text", async () => {
    const hostile = '<img src=x onerror="window.hacked=1"> [x](command:y) \u001b[31m\u202egnp.exe';
    const visible = '<img src=x onerror="window.hacked=1"> [x](command:y) ␛[31mU+202Egnp.exe';
    await show(panel, reportData({ name: hostile, opening: "<b>bold</b> \u001b[2J\u202e " }));
    expect(await panel.page.locator("h1").innerText()).toBe(visible);
    const tables = await openTables(panel);
    const texts = tables["Base against RLHF"]!.map((row) => row[1]);
    expect(texts.slice(0, 2)).toEqual(["<b>bold</b>", " ␛[2JU+202E"]);
    await panel.send({ type: "error", message: hostile });
    expect(await panel.page.getByRole("alert").textContent()).toBe(hostile);
    expect(await panel.page.locator("img, b").count()).toBe(0);
    expect(await panel.page.evaluate(() => "hacked" in window)).toBe(false);
  });

  test("meets no error and breaks no policy in all of this", () => {
    expect(panel.complaints).toEqual([]);
  });
});

test("a panel says what it waits for, and that it is ready", async () => {
  const panel: ReportPage = await openPanel(browser, "report", darkTheme);
  expect(await panel.posted()).toEqual([{ type: "ready" }]);
  expect(await panel.page.getByRole("status").innerText()).toBe("Waiting for the scores …");
  await panel.page.close();
});

test.each(allThemes)("colours can be read in the theme $name", async (theme) => {
  const panel: ReportPage = await openPanel(browser, "report", theme);
  await show(panel, report);
  await screenshot(panel.page, `report-${theme.name}`);
  const colors = await panel.page.evaluate(() => {
    const style = getComputedStyle(document.body);
    return ["base", "rlhf"].map((role) => style.getPropertyValue(`--twinlens-${role}`));
  });
  for (const color of colors) {
    // WCAG 2.2, 1.4.11: graphics need 3:1.
    expect(contrast(color, theme.variables["editor-background"]!)).toBeGreaterThan(3);
  }
  await panel.page.close();
});

test("colours of print hold on white, and in grey", () => {
  const { anchors, base, rlhf, foreground, muted } = PRINT_THEME;
  for (const color of [base, rlhf, ...anchors])
    expect(contrast(color, "#ffffff")).toBeGreaterThan(3);
  for (const color of [foreground, muted]) expect(contrast(color, "#ffffff")).toBeGreaterThan(7);
  expect(contrast(base, rlhf)).toBeGreaterThan(2);
  anchors.forEach((color, i) => {
    expect(contrast(color, anchors[(i + 1) % anchors.length]!), color).toBeGreaterThan(1.7);
  });
});

test("a narrow panel needs no sideways scrolling", async () => {
  const narrow = { width: 400, height: 900 };
  const panel: ReportPage = await openPanel(browser, "report", lightTheme, narrow);
  await show(panel, report);
  await openTables(panel);
  const width = await panel.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(400);
  await screenshot(panel.page, "report-narrow");
  await panel.page.close();
});

/** Opens every table; cells as text by the chart's title. */
async function openTables({ page }: ReportPage): Promise<Record<string, readonly string[][]>> {
  for (const section of await page.locator("section.figure").all()) {
    await section.locator("summary").click();
    await section.locator("table").waitFor();
  }
  const tables = await page
    .locator("section.figure")
    .evaluateAll((sections) =>
      sections.map((section) => [
        section.querySelector("h2")?.textContent ?? "",
        Array.from(section.querySelectorAll("tbody tr"), (row) =>
          Array.from(row.children, (cell) => cell.textContent ?? ""),
        ),
      ]),
    );
  return Object.fromEntries(tables) as Record<string, string[][]>;
}

function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  if (digits === "0.00") return digits;
  return (value > 0 ? "+" : "−") + digits;
}

/** Contrast ratio by WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
