/** The study panel in a real browser: what it says is compared with what it was told. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FromStudy, ToStudy } from "../../src/protocol/studyPanel";
import type { Markup } from "../../src/report/plot/markup";
import { drawPlot } from "../../src/report/plot/drawPlot";
import { PRINT_PALETTE } from "../../src/report/plot/palette";
import { probeFigures } from "../../src/report/study/probes/probeFigures";
import { launchBrowser } from "../support/browser";
import { increaseFigure, scatterFigure, studyReport } from "../support/studyFigures";
import { inventedResult } from "../support/studyResult";
import { openPanel, type PanelPage, screenshot } from "./panelPage";
import { readPng } from "./pixels";
import { idle, running, someCells, someStudy, withFigures } from "./studyMessages";
import { readSvg } from "./svgFile";
import { allThemes, darkTheme } from "./themes";

type StudyPage = PanelPage<ToStudy, FromStudy>;

let browser: Browser;
let panel: StudyPage;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  panel = await openPanel(browser, "study", darkTheme);
});
afterEach(async () => {
  expect(panel.complaints).toEqual([]);
  await panel.page.close();
});

const figure = (title: string) => panel.page.getByRole("region", { name: title, exact: true });
const drawing = (title: string) => panel.page.getByRole("application", { name: title });

/** Page coordinates of the middle of a mark. */
async function middleOf(
  chart: Locator,
  mark: { box: { left: number; right: number; top: number; bottom: number } },
) {
  const box = (await chart.locator("svg").boundingBox())!;
  return [
    box.x + (mark.box.left + mark.box.right) / 2,
    box.y + (mark.box.top + mark.box.bottom) / 2,
  ] as const;
}

/** The drawing that the page has made, as it depends on nothing but its width. */
async function sameDrawing(chart: Locator, plot: Parameters<typeof drawPlot>[0]) {
  const width = await chart.evaluate((element) => element.parentElement!.clientWidth);
  return drawPlot(plot, PRINT_PALETTE, width);
}

/** Elements below this one, less those that only a file has. */
function elementsIn({ children }: Markup): number {
  const elements = children.filter((child) => typeof child !== "string" && child.tag !== "title");
  return elements.reduce((sum, child) => sum + 1 + elementsIn(child as Markup), 0);
}

describe("a study", () => {
  test("asks for its data, and waits", async () => {
    await panel.waitFor("ready");
    await panel.page.getByText("Waiting for the study …").waitFor();
  });

  test("says how each cell is, and why one failed", async () => {
    await panel.send(someStudy());
    const rows = await panel.page.locator(".cells tbody tr").allInnerTexts();
    const words = rows.map((row) => row.split(/\s*\t\s*/u));
    expect(words).toEqual([
      ["embedded twins, base", "Wikipedia", "✓ kept", "✓ done", "✓ done"],
      ["arXiv abstracts", "✓ done", "✓ done", "✓ done"],
      ["OASST1", "✓ done", "✓ done", "✓ done"],
      ["embedded twins, RLHF", "Wikipedia", "✓ done", "✕ failed", "42 %"],
      ["arXiv abstracts", "waiting", "waiting", "waiting"],
      ["OASST1", "waiting", "waiting", "waiting"],
    ]);
    expect(await panel.page.locator(".failures li").allInnerTexts()).toEqual([
      "embedded twins, RLHF, Wikipedia, concentration: OASST1: line 17 is not JSON.",
    ]);
    expect(await panel.page.getByRole("status").innerText()).toBe(
      "10 of 18 cells measured, 1 failed, perplexity of OASST1 under embedded twins, RLHF, about 2 min left",
    );
    expect(await panel.page.getByRole("progressbar").getAttribute("value")).toBe("0.58");
  });

  test("can be cancelled, resumed and run", async () => {
    await panel.send(someStudy());
    const button = (name: string) => panel.page.getByRole("button", { name, exact: true });
    await button("Cancel").click();
    await panel.waitFor("cancel");
    await panel.send({ type: "progress", cells: someCells(), progress: idle });
    await button("Resume").click();
    await panel.waitFor("run");
    await panel.forget();
    const waiting = someCells().map((cell) => ({ ...cell, state: { kind: "waiting" as const } }));
    await panel.send(someStudy({ cells: waiting, report: null, progress: idle }));
    await panel.page.getByText("Nothing has been measured yet").waitFor();
    await button("Run").click();
    await panel.waitFor("run");
    const done = someCells().map((cell) => ({ ...cell, state: { kind: "done" as const } }));
    await panel.send({ type: "progress", cells: done, progress: idle });
    await panel.page.getByText("18 of 18 cells measured").waitFor();
    expect(await panel.page.locator(".progress vscode-button").count()).toBe(0);
  });

  test("says what to do where it measures nothing", async () => {
    await panel.send(someStudy({ cells: [], report: null, progress: idle }));
    expect(await panel.page.locator(".hint").innerText()).toBe(
      "This study measures nothing yet: name models, corpora and measures in its file, and save it.",
    );
    expect(await panel.page.locator(".cells-part").isVisible()).toBe(false);
  });

  test("shows each figure with its sentence, drawing and numbers", async () => {
    await panel.send(someStudy());
    for (const { title, sentence, plot, table } of studyReport().figures) {
      const part = figure(title);
      await part.locator("svg").waitFor();
      expect(await part.locator(".sentence").innerText()).toBe(sentence);
      const { root, marks } = await sameDrawing(drawing(title), plot);
      expect(marks.length).toBeGreaterThan(3);
      expect(await part.locator("svg *").count(), title).toBe(elementsIn(root));
      await part.getByText("Table", { exact: true }).click();
      await expect.poll(() => part.locator("tbody tr").count()).toBe(table.rows.length);
    }
  });

  test("shows the figures of probes, with their best controls across bars", async () => {
    const cells = inventedResult().cells.filter(({ measure }) => measure === "probes");
    const figures = probeFigures({ ...inventedResult(0), cells });
    await panel.send(someStudy({ report: withFigures(figures) }));
    for (const { title, plot } of figures) {
      await figure(title).locator("svg").waitFor();
      const { root } = await sameDrawing(drawing(title), plot);
      expect(await figure(title).locator("svg *").count(), title).toBe(elementsIn(root));
    }
    const [first] = figures;
    const chart = drawing(first!.title);
    await chart.focus();
    await panel.page.keyboard.press("Home");
    expect(await figure(first!.title).locator(".reading").innerText()).toContain("Best control, ");
    await screenshot(panel.page, "study-probes");
  });

  test("keeps figures whose data are as before", async () => {
    await panel.send(someStudy({ report: withFigures([increaseFigure()]) }));
    const part = figure(increaseFigure().title);
    await part.getByText("Table", { exact: true }).click();
    await part.locator("svg").evaluate((svg) => (svg.id = "seen"));
    await panel.send(someStudy({ report: withFigures([scatterFigure(), increaseFigure()]) }));
    await figure(scatterFigure().title).waitFor();
    expect(await part.locator("svg#seen").count()).toBe(1);
    expect(await part.locator("details").getAttribute("open")).toBe("");
    await panel.send(someStudy({ report: withFigures([scatterFigure()]) }));
    await part.waitFor({ state: "detached" });
  });

  test("opens the document of a point: by click, by key, and from the table", async () => {
    const scatter = scatterFigure(40);
    await panel.send(someStudy({ report: withFigures([scatter]) }));
    const chart = drawing(scatter.title);
    await chart.locator("svg").waitFor();
    await chart.scrollIntoViewIfNeeded();
    const { marks } = await sameDrawing(chart, scatter.plot);
    const [x, y] = await middleOf(chart, marks[39]!);
    await panel.page.mouse.move(x, y);
    expect(await panel.page.locator(".tip").innerText()).toBe(
      [...marks[39]!.words, "Click or press Enter to open it."].join("\n"),
    );
    await panel.page.mouse.click(x, y);
    expect((await panel.waitFor("openDocument")).target).toBe(marks[39]!.target);

    await panel.forget();
    await chart.focus();
    await panel.page.keyboard.press("Home");
    await panel.page.keyboard.press("ArrowRight");
    expect(await figure(scatter.title).locator(".reading").innerText()).toBe(
      marks[1]!.words.join(", "),
    );
    await panel.page.keyboard.press("Enter");
    expect((await panel.waitFor("openDocument")).target).toBe(marks[1]!.target);

    await panel.forget();
    await figure(scatter.title).getByText("Table", { exact: true }).click();
    await panel.page.getByRole("button", { name: "oasst1.jsonl:3", exact: true }).click();
    expect((await panel.waitFor("openDocument")).target).toBe("OASST1/2");
  });

  test("saves a figure as SVG, PNG and CSV, and says what went wrong", async () => {
    const scatter = scatterFigure(10);
    await panel.send(someStudy({ report: withFigures([scatter]) }));
    const save = (format: string) =>
      panel.page.getByRole("button", { name: `Save ${format}: ${scatter.title}` }).click();
    await save("SVG");
    const { name, text } = await panel.waitFor("saveText");
    expect(name).toBe("documents");
    const file = await readSvg(panel.page, text);
    expect(file.tags).not.toContain("parsererror");
    expect(file.words).toContain(scatter.title);
    expect(file.words.join(" ")).toContain(scatter.sentence);
    expect(file.colors.filter((color) => color.startsWith("var("))).toEqual([]);
    await save("PNG");
    const { data } = await panel.waitFor("savePng");
    const { width } = await readPng(panel.page, data);
    expect(width).toBe(Math.round((300 / 96) * file.width));
    await panel.forget();
    await save("CSV");
    const csv = await panel.waitFor("saveText");
    expect(csv.text.split("\r\n")).toHaveLength(scatter.table.rows.length + 2);
    expect(csv.text).toContain(`wikipedia.jsonl:1,${scatter.table.rows[0]![1]},`);
    await panel.answer("saveText", "The disk is full.");
    await panel.page.getByText("Not saved as CSV: The disk is full.").waitFor();
  });

  test("saves the whole report", async () => {
    await panel.send(someStudy());
    await panel.page.getByRole("button", { name: "Save HTML: the whole report" }).click();
    expect(await panel.waitFor("export")).toEqual({ type: "export", format: "html" });
  });

  test("keeps hostile text as text", async () => {
    const evil = '<img src=x onerror="document.title=1">\u202E\n`|';
    const hostile = {
      ...increaseFigure(),
      title: evil,
      sentence: evil,
      plot: { ...increaseFigure().plot, groups: [{ label: evil, category: evil }] },
      table: { columns: [evil], rows: [[evil]] },
    } as ReturnType<typeof increaseFigure>;
    const cells = [
      { model: evil, corpus: evil, measure: evil, state: { kind: "failed", reason: evil } },
    ] as const;
    await panel.send(someStudy({ title: evil, cells, report: withFigures([hostile]) }));
    await panel.page.locator(".figure svg").waitFor();
    await panel.page.getByText("Table", { exact: true }).click();
    expect(await panel.page.locator("img").count()).toBe(0);
    expect(await panel.page.locator("body").innerText()).not.toContain("\u202E");
  });

  test("keeps what it shows when something fails", async () => {
    await panel.send(someStudy());
    await panel.send({ type: "error", message: "The disk is full." });
    await panel.page.getByText("The disk is full.").waitFor();
    expect(await panel.page.locator(".figure").count()).toBe(studyReport().figures.length);
  });

  test("draws again at another width, and never wider than the page", async () => {
    await panel.send(someStudy());
    await panel.page.setViewportSize({ width: 420, height: 800 });
    const widths = () =>
      panel.page.evaluate(() =>
        [...document.querySelectorAll(".drawing")].map((box) => [box.scrollWidth, box.clientWidth]),
      );
    await expect
      .poll(async () => (await widths()).every(([inside, box]) => inside! <= box!))
      .toBe(true);
    const page = await panel.page.evaluate(() => document.documentElement.scrollWidth);
    expect(page).toBeLessThanOrEqual(420);
    await screenshot(panel.page, "study-narrow");
  });

  test.each(allThemes)("follows the theme $name", async (theme) => {
    await panel.setTheme(theme);
    await panel.send(someStudy({ progress: running }));
    const bar = figure(increaseFigure().title).locator("svg g rect").first();
    await bar.waitFor();
    const [painted, wanted] = await bar.evaluate((rect) => {
      const probe = document.createElement("div");
      probe.style.color = "var(--twinlens-rlhf)";
      document.body.append(probe);
      const colors = [getComputedStyle(rect).fill, getComputedStyle(probe).color];
      probe.remove();
      return colors;
    });
    expect(painted).toBe(wanted);
    await screenshot(panel.page, `study-${theme.name}`);
  });
});
