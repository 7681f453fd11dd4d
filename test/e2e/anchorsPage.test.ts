import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../support/browser";
import { twinlens } from "../support/commandLine";
import { folderWith } from "../support/folders";
import { patience } from "../support/patience";
import { artefactFolder } from "../support/workbench";

const HOSTILE = '<img src=x onerror=alert(1)> </script><script>alert(2)</script> <b>bold</b> & "';
const START = "First of all, it depends on what you are looking for";
const samples = Array.from({ length: 8 }, (_, i) => [
  `${START} ${HOSTILE} and how much of it you need, number ${i}.`,
  `${START}, says ${i}. In the end nobody but you can say what it is worth.`,
]).flat();

const folder = folderWith({
  "samples.jsonl": [
    { prompt: HOSTILE, samples },
    { prompt: "How else?", samples: samples.slice(0, 5) },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(""),
});
const file = join(folder, "page.html");
let browser: Browser;

beforeAll(async () => {
  const made = await twinlens(
    ["anchors", "--samples", join(folder, "samples.jsonl"), "--format", "html"],
    { into: file },
  );
  expect(made).toMatchObject({ code: 0, errors: "" });
  browser = await launchBrowser();
  mkdirSync(join(artefactFolder, "screenshots"), { recursive: true });
});
afterAll(() => browser.close());

/** The page as a file, with its requests and its errors. */
async function open(colorScheme: "light" | "dark") {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 900 } });
  page.setDefaultTimeout(patience(30_000));
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(pathToFileURL(file).href);
  await page.locator('body[data-drawn="1"]').waitFor();
  const foreign = () => requests.filter((url) => !/^(data|blob):/.test(url)).slice(1);
  return { page, foreign, complaints };
}

test("the page shows no control that nothing would answer", async () => {
  const { page } = await open("light");
  for (const name of ["Score the samples", "Open"]) {
    expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
  }
  expect(await page.getByRole("slider").count()).toBe(0);
  expect(await page.getByRole("button", { name: "Save PNG" }).count()).toBeGreaterThan(0);
  await page.close();
});

test("the page asks for nothing, runs nothing of the samples, and draws all figures", async () => {
  const { page, foreign, complaints } = await open("light");
  expect(await page.title()).toBe("Twinlens anchors");
  expect(await page.locator("blockquote.prompt").innerText()).toBe(HOSTILE);
  // Rows are filled when they come into view.
  await page.locator(".list").scrollIntoViewIfNeeded();
  expect(await page.locator(".sample-text").first().innerText()).toContain(HOSTILE);
  expect(await page.locator("main img, main script, main b").count()).toBe(0);
  expect(await page.locator(".diagram svg rect").count()).toBeGreaterThan(2);
  for (const tab of ["Overlap", "N-grams"]) {
    await page.getByRole("tab", { name: tab }).click();
    const canvases = page.locator("canvas:visible");
    await canvases.first().waitFor();
    for (const canvas of await canvases.all()) {
      await expect.poll(() => coloursIn(canvas)).toBeGreaterThan(3);
    }
  }
  await page.locator("#prompts").selectOption({ label: "How else?" });
  await expect.poll(() => page.locator("blockquote.prompt").innerText()).toBe("How else?");
  await page.locator('body[data-drawn="1"]').waitFor();
  expect(foreign()).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test("the means over all prompts stand at the top, drawn, as tables and as CSV", async () => {
  const { page, foreign, complaints } = await open("light");
  const part = page.getByRole("region", { name: "All 2 prompts" });
  expect(await page.getByRole("heading", { level: 1 }).first().innerText()).toBe("All 2 prompts");
  const json = await twinlens([
    ...["anchors", "--samples", join(folder, "samples.jsonl"), "--format", "json"],
  ]);
  const { rlhf } = (JSON.parse(json.output) as { averages: { rlhf: Averages } }).averages;
  const { value, low, high } = rlhf.overlap.all;
  const percent = (share: number) => (100 * share).toFixed(2);
  expect(await part.locator("#mean-overlap-title").innerText()).toBe("Overlap");
  const figures = part.locator("section.figure");
  const caption = await figures.nth(3).locator(".caption").innerText();
  expect(caption).toContain(`RLHF ${percent(value)} % (95 %: ${percent(low)} to ${percent(high)})`);
  expect(await figures.count()).toBe(5);
  const tables: string[][][] = [];
  for (const figure of await figures.all()) {
    expect(await coloursIn(figure.locator("canvas"))).toBeGreaterThan(3);
    await figure.locator("summary").click();
    await figure.locator("table").waitFor();
    tables.push(
      await figure
        .locator("tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => Array.from(row.children, (cell) => cell.textContent ?? "")),
        ),
    );
  }
  expect(tables[0]).toEqual(rlhf.sharing.map(({ n, samples }) => [`${n}`, samples.toFixed(1)]));
  expect(tables[1]).toEqual(rlhf.tenGrams.slice(1).map((count, i) => [`${i + 1}`, `${count}`]));
  expect(tables[2]).toEqual(
    rlhf.diversity.map((share, i) => [`${i + 1}`, (100 * share).toFixed(1)]),
  );
  const firstOf = ({ mean, low, high }: Curve) =>
    [mean, low, high].map((curve) => percent(curve[0]!));
  for (const [i, curve] of (["overlap", "alignedShare"] as const).entries()) {
    expect(tables[3 + i]).toHaveLength(100);
    const byChance = rlhf.chance ? firstOf(rlhf.chance[curve]) : [];
    expect(tables[3 + i]![0]!.slice(1)).toEqual([...firstOf(rlhf[curve]), ...byChance]);
  }
  const download = page.waitForEvent("download");
  await figures.first().getByText("Save CSV").click();
  expect((await download).suggestedFilename()).toBe("mean-sharing.csv");
  // Another prompt leaves them as they are.
  await page.locator("#prompts").selectOption({ label: "How else?" });
  await expect.poll(() => page.locator("blockquote.prompt").innerText()).toBe("How else?");
  expect(await figures.count()).toBe(5);
  expect(foreign()).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

interface Averages extends Curves {
  readonly sharing: readonly { readonly n: number; readonly samples: number }[];
  readonly tenGrams: readonly number[];
  readonly diversity: readonly number[];
  readonly chance: Curves | null;
}

type Curves = Readonly<Record<"overlap" | "alignedShare", Curve>>;

interface Curve {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly all: { readonly value: number; readonly low: number; readonly high: number };
}

/** A blank canvas has one colour. */
function coloursIn(canvas: Locator): Promise<number> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    const { data } = element.getContext("2d")!.getImageData(0, 0, width, height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

test.each(["light", "dark"] as const)("it can be read in %s", async (scheme) => {
  const { page, complaints } = await open(scheme);
  await page.screenshot({ path: join(artefactFolder, `screenshots/anchors-page-${scheme}.png`) });
  await page.getByRole("tab", { name: "N-grams" }).click();
  await page.locator("main canvas:visible").first().scrollIntoViewIfNeeded();
  await page.screenshot({
    path: join(artefactFolder, `screenshots/anchors-page-${scheme}-figures.png`),
  });
  const [background] = await coloursOf("body", "background-color");
  expect(luminance(background!) > 0.5).toBe(scheme === "light");
  const texts = [
    ...(await coloursOf(
      "h1, .muted, .prompt, .sample-text, .caption, .slider-head, summary",
      "color",
    )),
    ...(await coloursOf(".diagram svg text", "fill")),
    ...(await coloursOf("vscode-panel-tab", "color")),
  ];
  expect(texts.length).toBeGreaterThan(10);
  // What WCAG 2.2 asks of text (1.4.3).
  for (const colour of texts) expect(contrast(colour, background!)).toBeGreaterThan(4.5);
  const parts = "vscode-dropdown, .tools vscode-button, vscode-text-field .root";
  const inks = await coloursOf(parts, "color");
  const papers = await coloursOf(parts, "background-color");
  expect(inks.length).toBeGreaterThan(5);
  inks.forEach((ink, i) => expect(contrast(ink, papers[i]!)).toBeGreaterThan(4.5));
  expect(complaints).toEqual([]);
  await page.close();

  function coloursOf(selector: string, property: string): Promise<string[]> {
    return page
      .locator(selector)
      .evaluateAll(
        (all, name) => all.map((element) => getComputedStyle(element).getPropertyValue(name)),
        property,
      );
  }
});

/** WCAG's relative luminance of an opaque colour, `rgb(1, 2, 3)`. */
function luminance(colour: string): number {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map((digits) => {
    const value = Number(digits) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}
