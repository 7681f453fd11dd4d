/** The anchors panel in a real browser, on texts aligned and searched by the product's own functions. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { alignTexts } from "../../src/analysis/align/align";
import { encodeGaps } from "../../src/analysis/align/gapRuns";
import { keepWordsWhole } from "../../src/analysis/align/wholeWords";
import type { AnchorsView, RunView } from "../../src/protocol/anchorViews";
import type { AnchorOptions } from "../../src/protocol/anchorOptions";
import type { FromAnchors, ToAnchors } from "../../src/protocol/panels";
import { type Role, ROLE_TITLES, ROLES } from "../../src/protocol/roles";
import { anchorFinder, toAlignmentView, toAnchorsView } from "../../src/report/anchorViews";
import { formatNumber } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { subsample } from "../../src/analysis/statistics/subsample";
import { wordNgrams } from "../../src/report/ngramViews";
import { launchBrowser } from "../support/browser";
import { DEFAULT_OPTIONS, runOf, type TestRun, testRun } from "./anchorsData";
import { openPanel, type PanelPage, screenshot } from "./panelPage";
import { PRINT_THEME } from "../../webview/kit/printTheme";
import { pixelsOf, readCanvas, readPng } from "./pixels";
import { readSvg } from "./svgFile";
import { allThemes, darkTheme, lightTheme } from "./themes";

type AnchorsPage = PanelPage<ToAnchors, FromAnchors>;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const run = testRun();
const samples = run.texts.rlhf.length;
const anchorsOf = (role: Role, shown: TestRun = run, options = DEFAULT_OPTIONS): AnchorsView => {
  const answer = shown
    .answer(options)
    .find((message) => message.type === "anchors" && message.role === role);
  if (answer?.type !== "anchors") throw new Error(`no anchors of ${role}`);
  return answer.anchors;
};

/** Where a list stands when two looks in a row agree, and whether its current row is in view. */
async function settledScroll(list: Locator): Promise<{ top: number; currentVisible: boolean }> {
  const look = () =>
    list.evaluate(async (box) => {
      for (let frame = 0; frame < 6; frame++) await new Promise(requestAnimationFrame);
      const { bottom } = box.querySelector("[aria-selected='true']")!.getBoundingClientRect();
      const end = box.getBoundingClientRect().bottom + 1;
      return { top: box.scrollTop, currentVisible: bottom <= end };
    });
  let last = await look();
  for (;;) {
    const now = await look();
    if (now.top === last.top) return now;
    last = now;
  }
}

async function show({ page, send }: AnchorsPage, shown: TestRun): Promise<void> {
  for (const message of shown.messages) await send(message);
  await page.waitForSelector("body[data-drawn='1']");
}

describe("a run", () => {
  let panel: AnchorsPage;
  beforeAll(async () => {
    panel = await openPanel(browser, "anchors", darkTheme, { width: 1200, height: 1700 });
  });
  beforeEach(async () => {
    await panel.forget();
    await show(panel, run);
  });
  afterAll(() => panel.page.close());

  const flow = (role: string) =>
    panel.page.getByRole("region", { name: `${role}: flow of samples through their anchors` });
  const anchorButtons = (role: string) => flow(role).getByRole("button", { name: /^Anchor / });
  const tab = (name: string) => panel.page.getByRole("tab", { name });
  const rows = () => panel.page.locator(".row");
  const choose = async (label: string, option: string) => {
    await panel.page.getByRole("combobox", { name: label }).click();
    await panel.page.getByRole("option", { name: option, exact: true }).click();
  };

  test("shows MAFFT's alignment beside Twinlens' own, and either one's findings", async () => {
    const { page, send } = panel;
    const aligners = page.getByRole("combobox", { name: "Aligned by" });
    expect(await aligners.isVisible()).toBe(false);
    const shares = () => labels(anchorButtons("RLHF"));
    const own = await shares();
    // As if MAFFT had put every text at the first column.
    const longest = Math.max(...run.texts.rlhf.map(({ length }) => length));
    const rows = run.texts.rlhf.map(({ length }) => Int32Array.from({ length }, (_, i) => i));
    const flush = { columns: longest, rows, hitBudget: false, cells: 0 };
    const alignment = toAlignmentView(run.texts.rlhf, flush, []);
    const finder = anchorFinder(run.texts.rlhf, flush);
    const anchors = toAnchorsView(finder, DEFAULT_OPTIONS, () => ({ base: null, rlhf: null }));
    await send({ type: "alignment", role: "rlhf", aligner: "mafft", alignment });
    await send({ type: "anchors", role: "rlhf", aligner: "mafft", anchors });
    expect(await shares()).toEqual(own);
    await choose("Aligned by", "MAFFT");
    await expect.poll(shares).toHaveLength(anchors.anchors.length);
    expect(await shares()).not.toEqual(own);
    await tab("Overlap").click();
    const [first] = await openTable(panel, "Overlap");
    // Position, base, RLHF, RLHF by MAFFT.
    expect(first).toHaveLength(4);
    expect(first![3]).toBe((100 * alignment.overlap![0]!).toFixed(2));
    const figure = page.locator("section.figure", {
      has: page.locator("h2", { hasText: "Overlap" }),
    });
    expect(await figure.locator(".caption").textContent()).toContain(
      "aligned by Twinlens in strings of 8 characters or more and by MAFFT letter by letter.",
    );
    await screenshot(page, "anchors-mafft");
    await choose("Aligned by", "Twinlens");
    await expect.poll(shares).toEqual(own);
  });

  test("says what was asked of whom", async () => {
    const { page } = panel;
    expect(await page.locator("h1").innerText()).toBe("river");
    expect(await page.locator("blockquote").innerText()).toBe(run.run.prompt.text);
    expect(await page.locator(".head summary").allInnerTexts()).toEqual([
      "Base: twin-base (Q8_0), p 0.7, temperature 1, seed 7",
      "RLHF: twin-rlhf (Q8_0), p 0.9, temperature 1, seed 7",
    ]);
    await page.locator(".head summary").last().click();
    expect(await page.locator("pre").last().textContent()).toBe(run.run.rlhf!.promptSent);
  });

  test("draws every flow between anchors, named and in proportion", async () => {
    for (const role of ROLES) {
      const { anchors, flows } = anchorsOf(role);
      const name = (anchor: number | null, otherwise: string) =>
        anchor === null ? otherwise : `${anchor + 1} “${anchors[anchor]!.text.trim()}”`;
      const shown = flow(ROLE_TITLES[role]);
      expect(await labels(shown.locator("path"))).toEqual(
        flows.map(
          ({ from, to, samples: through }) =>
            `${through} of ${samples} samples: ${name(from, "start")} → ${name(to, "end")}`,
        ),
      );
      const widths = await shown
        .locator("path")
        .evaluateAll((paths) => paths.map((path) => Number(path.getAttribute("stroke-width"))));
      const perSample = widths[0]! / flows[0]!.samples;
      widths.forEach((width, i) => expect(width).toBeCloseTo(perSample * flows[i]!.samples, 1));
      expect(await labels(anchorButtons(ROLE_TITLES[role]))).toEqual(
        anchors.map(
          ({ occurrences }, anchor) =>
            `Anchor ${name(anchor, "")}: ${occurrences.length} of ${samples} samples`,
        ),
      );
    }
  });

  test("has every flow as a row of a table, and as CSV", async () => {
    for (const role of ROLES) {
      const { anchors, flows } = anchorsOf(role);
      const shown = flow(ROLE_TITLES[role]);
      const name = (anchor: number | null, otherwise: string) =>
        anchor === null ? otherwise : `${anchor + 1} “${anchors[anchor]!.text.trim()}”`;
      await shown.getByText("Table", { exact: true }).click();
      await shown.locator("table").waitFor();
      expect(await shown.locator("tbody tr").evaluateAll(cellTexts)).toEqual(
        flows.map(({ from, to, samples: through }) => [
          name(from, "start"),
          name(to, "end"),
          String(through),
          ((100 * through) / samples).toFixed(1),
        ]),
      );
      // Other anchors, other flows.
      const one = { ...DEFAULT_OPTIONS, limit: 1 };
      await find(one);
      await expect
        .poll(() => shown.locator("tbody tr").count())
        .toBe(anchorsOf(role, run, one).flows.length);
      await find(DEFAULT_OPTIONS);
      await panel.forget();
      await shown.getByText("Save CSV").click();
      const saved = await panel.waitFor("saveText");
      expect([saved.name, saved.format]).toEqual([`anchor-flow-${role}`, "csv"]);
      const [head, first, ...others] = saved.text.split("\r\n");
      expect(head).toBe('From,To,Samples,"Share, %"');
      const { to, samples: through } = flows[0]!;
      const text = name(to, "end");
      const cell = text.includes(",") ? `"${text}"` : text;
      expect(first).toBe(`start,${cell},${through},${(100 * through) / samples}`);
      expect(others).toHaveLength(flows.length);
    }
  });

  test("labels anchors with their share and first words", async () => {
    const { anchors } = anchorsOf("rlhf");
    expect(anchors.length).toBe(5);
    const shown = await anchorButtons("RLHF").evaluateAll((nodes) =>
      nodes.map((node) =>
        Array.from(node.querySelectorAll("tspan"), (line) => line.textContent ?? ""),
      ),
    );
    shown.forEach(([head, ...lines], i) => {
      const { share, text } = anchors[i]!;
      expect(head).toBe(`${i + 1} · ${Math.round(100 * share)} %`);
      const words = lines.join(" ").replace(/…$/, "");
      expect(words.length).toBeGreaterThan(20);
      expect(text).toContain(words.slice(0, -1));
    });
  });

  test("says a flow when it is pointed at or has the focus", async () => {
    const link = flow("RLHF").locator("path").first();
    await link.focus();
    const label = (await link.getAttribute("aria-label"))!;
    expect(await flow("RLHF").locator(".reading").textContent()).toBe(label);
    await link.blur();
    expect(await flow("RLHF").locator(".reading").textContent()).toBe("");
  });

  test("is one stop of the Tab key; the arrow keys go from part to part", async () => {
    const { page } = panel;
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    const anchors = anchorButtons("RLHF");
    const labels = await anchors.evaluateAll((all) => all.map((one) => one.ariaLabel));
    await flow("RLHF").getByRole("button", { name: "Save CSV" }).focus();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe(labels[0]);
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe(labels[1]);
    await page.keyboard.press("End");
    expect(await focused()).toMatch(/ samples: /);
    await page.keyboard.press("Tab");
    const isBelow = () =>
      flow("RLHF")
        .locator("summary")
        .evaluate((summary) => summary === document.activeElement);
    expect(await isBelow()).toBe(true);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Home");
    expect(await focused()).toBe(labels[0]);
  });

  test("marks an anchor everywhere, by click and by key", async () => {
    const { page } = panel;
    await anchorButtons("RLHF").nth(1).click();
    expect(await pressed(anchorButtons("RLHF"))).toEqual([false, true, false, false, false]);
    expect(await pressed(anchorButtons("Base"))).not.toContain(true);
    const dimmed = await page.locator(".row mark.dimmed").count();
    const marked = await page.locator(".row mark.anchor-1:not(.dimmed)").count();
    expect(dimmed).toBeGreaterThan(0);
    expect(marked).toBeGreaterThan(0);
    expect(await page.locator(".row mark.anchor-1.dimmed").count()).toBe(0);
    await tab("Anchors").click();
    expect(await page.locator(".anchors tr[aria-selected='true'] td").first().innerText()).toBe(
      "2",
    );
    await page.locator(".anchors tbody tr", { hasText: "RLHF" }).first().press("Enter");
    expect(await pressed(anchorButtons("RLHF"))).toEqual([true, false, false, false, false]);
    await anchorButtons("RLHF").first().press("Enter");
    expect(await pressed(anchorButtons("RLHF"))).not.toContain(true);
  });

  test("asks for other anchors one request at a time, and shows the answers", async () => {
    const { page } = panel;
    const length = page.getByRole("slider", { name: "Minimum length" });
    await length.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    const requests = async () =>
      (await panel.posted()).flatMap((m) => (m.type === "options" ? [m.options] : []));
    expect(await requests()).toEqual([{ ...DEFAULT_OPTIONS, minLength: 31 }]);
    expect(await length.getAttribute("aria-valuetext")).toBe("33 characters");
    await answer({ ...DEFAULT_OPTIONS, minLength: 31 });
    expect(await requests()).toEqual([
      { ...DEFAULT_OPTIONS, minLength: 31 },
      { ...DEFAULT_OPTIONS, minLength: 33 },
    ]);
    await answer({ ...DEFAULT_OPTIONS, minLength: 33 });

    await page.getByRole("slider", { name: "At most" }).focus();
    await page.keyboard.press("Home");
    const one = { ...DEFAULT_OPTIONS, minLength: 33, limit: 1 };
    expect((await requests()).at(-1)).toEqual(one);
    await answer(one);
    const best = anchorsOf("rlhf", run, one).anchors;
    expect(best.length).toBe(1);
    expect(await labels(anchorButtons("RLHF"))).toEqual([
      `Anchor 1 “${best[0]!.text.trim()}”: ${best[0]!.occurrences.length} of ${samples} samples`,
    ]);
    const inSamples = await page.locator(".row mark.anchor").allTextContents();
    expect(new Set(inSamples)).toEqual(new Set([best[0]!.text]));
  });

  test("goes on asking after a request that failed", async () => {
    const { page } = panel;
    const length = page.getByRole("slider", { name: "Minimum length" });
    await length.focus();
    await page.keyboard.press("ArrowRight");
    await panel.waitFor("options");
    await panel.forget();
    await page.keyboard.press("ArrowRight");
    await panel.answer("options", "The alignment was ended.");
    await page.getByText("The alignment was ended.").waitFor();
    expect(await panel.waitFor("options")).toMatchObject({ options: { minLength: 32 } });
  });

  const find = async (options: AnchorOptions) => {
    for (const message of run.answer(options)) await panel.send(message);
  };

  const answer = async (options: AnchorOptions) => {
    await find(options);
    await panel.answer("options");
  };

  test("colours the anchors in every sample", async () => {
    const { anchors } = anchorsOf("rlhf");
    for (const sample of [0, 1, 2]) {
      const row = rows().nth(sample);
      const expected = anchors
        .flatMap(({ text, occurrences }, anchor) =>
          occurrences
            .filter((occurrence) => occurrence.sample === sample)
            .map(({ start }) => ({ start, text, anchor })),
        )
        .sort((a, b) => a.start - b.start);
      expect(await row.locator("mark").allTextContents()).toEqual(expected.map(({ text }) => text));
      expect(await row.locator(".chip").allTextContents()).toEqual(
        expected.map(({ anchor }) => String(anchor + 1)),
      );
      expect(await row.locator(".sample-text").textContent()).toBe(run.texts.rlhf[sample]);
    }
  });

  test("searches and sorts the samples, and shows the other model's", async () => {
    const { page } = panel;
    const { text } = anchorsOf("rlhf").anchors[0]!;
    const wanted = text.slice(4, 20).toUpperCase();
    const holding = run.texts.rlhf.filter((sample) => sample.toUpperCase().includes(wanted));
    await page.getByRole("textbox", { name: "Search" }).fill(wanted);
    await page.getByText(`${holding.length} of ${samples} samples`).waitFor();
    expect(await rows().count()).toBe(holding.length);
    const found = await rows().first().locator("mark.found").allTextContents();
    expect(found.join("").toUpperCase()).toBe(wanted);
    await page.getByRole("textbox", { name: "Search" }).fill("");

    await choose("Sort", "Length");
    const lengths = run.texts.rlhf.map((sample) => sample.length).sort((a, b) => a - b);
    expect((await rows().first().locator(".sample-text").textContent())!.length).toBe(lengths[0]);
    await choose("Sort", "As drawn");
    await choose("Model", "Base");
    expect(await rows().first().locator(".sample-text").textContent()).toBe(run.texts.base[0]);
    await choose("Model", "RLHF");
  });

  test("jumps from anchor to anchor", async () => {
    const { page } = panel;
    const stops = anchorsOf("rlhf")
      .anchors.flatMap(({ text, occurrences }) =>
        occurrences.map(({ sample, start }) => ({ sample, start, text })),
      )
      .sort((a, b) => a.sample - b.sample || a.start - b.start);
    const next = page.getByRole("button", { name: "Next anchor" });
    for (const stop of stops.slice(0, 7)) {
      await next.click();
      expect(await page.locator("mark.current").textContent()).toBe(stop.text);
      const row = page.locator(".row[aria-selected='true']");
      expect(await row.getAttribute("aria-posinset")).toBe(String(stop.sample + 1));
    }
    await page.getByRole("button", { name: "Previous anchor" }).click();
    expect(await page.locator("mark.current").textContent()).toBe(stops[5]!.text);
  });

  test("opens a sample in an editor, by key and by click", async () => {
    const { page } = panel;
    await page.getByRole("listbox", { name: "RLHF samples" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await rows().first().getByText("Open").click();
    expect(await panel.posted()).toEqual([
      { type: "openSample", role: "rlhf", sample: 1 },
      { type: "openSample", role: "rlhf", sample: 0 },
    ]);
  });

  test("says what the same place is, and leads to the aligned samples", async () => {
    const { page } = panel;
    await page.getByRole("tab", { name: "Overlap" }).click();
    const sentence = page.locator(".what");
    const list = () => page.locator(".list");
    expect(await sentence.textContent()).toContain("at the same place: in the same column");
    await screenshot(page, "anchors-what");
    await sentence.getByRole("button", { name: "Show the samples aligned" }).click();
    await expect.poll(() => list().getAttribute("class")).toContain("aligned");
    await rows().first().locator("mark").first().waitFor();
    expect(await list().isVisible()).toBe(true);
    await choose("View", "Plain");
    await expect.poll(() => list().getAttribute("class")).not.toContain("aligned");
  });

  test("puts what is aligned in the same place of the aligned view", async () => {
    const { page } = panel;
    await choose("View", "Aligned");
    const { occurrences } = anchorsOf("rlhf").anchors[0]!;
    const visible = occurrences.filter(({ sample }) => sample < 20);
    const lefts = await Promise.all(
      visible.map(async ({ sample }) => {
        const box = await rows().nth(sample).locator("mark.anchor-0").first().boundingBox();
        return box!.x;
      }),
    );
    expect(lefts.length).toBeGreaterThan(5);
    for (const left of lefts) expect(left).toBeCloseTo(lefts[0]!, 0);
    const shown = await rows().first().locator(".sample-text").textContent();
    expect(shown).toBe(run.texts.rlhf[0]);
    // Gaps stand where no word is torn for nobody's sake.
    const whole = keepWordsWhole(run.texts.rlhf, alignTexts(run.texts.rlhf)!);
    for (const sample of [0, 1, 2]) {
      const gaps = rows().nth(sample).locator(".gap");
      const widths = await gaps.evaluateAll((all) => all.map((gap) => gap.style.width));
      const runs = encodeGaps(whole[sample]!).filter((length, i) => i % 2 === 0 && length > 0);
      expect(widths).toEqual(runs.map((length) => `${length}ch`));
    }
    await screenshot(page, "anchors-aligned-dark");
    await choose("View", "Plain");
  });

  test("has the numbers of every chart as a table", async () => {
    await tab("Overlap").click();
    const overlap = await openTable(panel, "Overlap");
    const alignments = run.messages.flatMap((m) => (m.type === "alignment" ? [m.alignment] : []));
    expect(overlap).toEqual(
      Array.from({ length: 100 }, (_, bin) => [
        (bin + 0.5).toFixed(1),
        ...alignments.map((alignment) => (100 * alignment.overlap![bin]!).toFixed(2)),
      ]),
    );
    const picture = await readCanvas(panel.page.getByRole("application", { name: /^Overlap/ }));
    for (const role of ["base", "rlhf"]) {
      const color = await panel.page.evaluate(
        (name) => getComputedStyle(document.body).getPropertyValue(name),
        `--twinlens-${role}`,
      );
      expect(pixelsOf(picture, color).length, role).toBeGreaterThan(100);
    }
    await tab("N-grams").click();
    expect(await openTable(panel, "Most common n-gram")).toEqual(
      alignments.flatMap(({ ngrams }, i) =>
        ngrams.shared.map(({ n, samples, text }) => [
          ["Base", "RLHF"][i],
          String(n),
          String(samples),
          text,
        ]),
      ),
    );
    const [base, rlhf] = alignments.map(({ ngrams }) => ngrams.shared[0]!.text);
    const figure = panel.page.locator("section.figure", { hasText: "Most common n-gram" });
    expect(await figure.locator(".caption").textContent()).toContain(
      `With 5 words: Base “${base}”, RLHF “${rlhf}”.`,
    );
    await panel.page.getByRole("application", { name: /^Most common n-gram/ }).press("Home");
    expect(await figure.locator(".reading").textContent()).toContain(`of 40 samples “${rlhf}”`);
    expect(await openTable(panel, "Diversity")).toEqual(
      [0, 1, 2, 3].map((i) => [
        String(i + 1),
        ...alignments.map(({ ngrams }) => (100 * ngrams.diversity[i]!).toFixed(1)),
      ]),
    );
  });

  test("compares equal numbers of samples, and names the number", async () => {
    const { page, send } = panel;
    // As after a cancel: 12 of 40 base samples.
    const cut = runOf({ rlhf: run.texts.rlhf, base: run.texts.base.slice(0, 12) });
    for (const message of cut.messages) await send(message);
    await page.waitForSelector("body[data-drawn='1']");
    const some = subsample(samples, 12, 1).map((sample) => run.texts.rlhf[sample]!);
    const expected = [run.texts.base.slice(0, 12), some].map(wordNgrams);
    await tab("N-grams").click();
    expect(await openTable(panel, "Most common n-gram")).toEqual(
      expected.flatMap(({ shared }, i) =>
        shared.map(({ n, samples, text }) => [["Base", "RLHF"][i], `${n}`, `${samples}`, text]),
      ),
    );
    expect(await openTable(panel, "10-grams by spread")).toEqual(
      Array.from({ length: 12 }, (_, i) => [
        String(i + 1),
        ...expected.map(({ tenGrams }) => formatNumber(tenGrams[i + 1]!, 0)),
      ]),
    );
    const caption = (title: string) =>
      page
        // Some of them are behind another tab.
        .locator("section.figure", { has: page.locator("h2", { hasText: title }) })
        .locator(".caption")
        .textContent();
    const note =
      "Compared at equal numbers: 12 samples of each, chosen with a fixed seed from 12 Base and 40 RLHF samples.";
    for (const title of ["Overlap", "Most common n-gram", "10-grams by spread", "Diversity"]) {
      expect(await caption(title), title).toContain(note);
    }
    for (const title of ["Entropy by position", "Anchors by position"]) {
      expect(await caption(title), title).toContain("Of all samples: 12 Base, 40 RLHF.");
    }
    await screenshot(page, "anchors-unequal");
    // Anchors are those of all samples.
    expect((await labels(anchorButtons("RLHF")))[0]).toMatch(/ of 40 samples$/);
    await show(panel, run);
    expect(await caption("Overlap")).not.toContain("equal number");
    expect(await caption("Diversity")).toMatch(/ Drawn by Base at p 0\.7, by RLHF at p 0\.9\.$/);
  });

  test("lists the anchors with their bits under both models, and saves them as CSV", async () => {
    await tab("Anchors").click();
    const listed = await panel.page.locator(".anchors tbody tr").evaluateAll(cellTexts);
    const all = ROLES.flatMap((role) =>
      anchorsOf(role).anchors.map((anchor, number) => ({ role, number, ...anchor })),
    );
    expect(listed.map((row) => row.slice(0, 5))).toEqual(
      all.map(({ role, number, text, occurrences, share }) => [
        ROLE_TITLES[role],
        String(number + 1),
        text,
        String(occurrences.length),
        String(Math.round(100 * share)),
      ]),
    );
    expect(listed.map((row) => row.slice(7, 9))).toEqual(
      all.map(({ bits }) => [bits.base!.toFixed(1), bits.rlhf!.toFixed(1)]),
    );
    const head = panel.page.locator(".anchors thead");
    expect(await head.getByRole("button", { name: "Share, %" }).getAttribute("title")).toBe(
      EXPLANATIONS.anchorShare,
    );
    const controls = panel.page.getByRole("group", { name: "What counts as an anchor" });
    expect(await controls.locator(".term").evaluateAll(tooltips)).toEqual([
      EXPLANATIONS.anchorMinLength,
      EXPLANATIONS.anchorMinShare,
      EXPLANATIONS.anchorLimit,
      EXPLANATIONS.anchorOrder,
    ]);
    await panel.page.locator(".anchors").getByText("Save CSV").click();
    const { name, format, text } = await panel.waitFor("saveText");
    expect([name, format]).toEqual(["anchors", "csv"]);
    const lines = text.split("\r\n");
    expect(lines[0]).toBe(
      'Model,Anchor,Text,Samples,"Share, %",Chance band,"Position, %","Bits, base","Bits, RLHF","Bits / character, base","Bits / character, RLHF"',
    );
    const first = all[0]!;
    expect(lines[1]).toContain(
      `Base,1,${first.text},${first.occurrences.length},${100 * first.share},`,
    );
    expect(lines.length).toBe(all.length + 2);
  });

  test("saves diagrams and curves for print, with prompt, models and numbers of samples", async () => {
    const { page } = panel;
    const subject = (role: Role, nucleus: number) =>
      `${ROLE_TITLES[role]}: twin-${role} (Q8_0), ${samples} samples (p ${nucleus}, temperature 1, seed 7)`;
    await flow("RLHF").getByText("Save SVG").click();
    const { name, text } = await panel.waitFor("saveText");
    expect(name).toBe("anchor-flow-rlhf");
    const diagram = await readSvg(page, text);
    expect(diagram.paths).toHaveLength(anchorsOf("rlhf").flows.length);
    expect(diagram.words.slice(0, 3)).toEqual([
      "RLHF: flow of samples through their anchors",
      "Prompt: “Tell me how the river came to the market.”",
      subject("rlhf", 0.9),
    ]);
    expect(diagram.words.join(" ")).toContain(
      "texts of at least 30 characters that at least 20 % of the samples have at the same place",
    );
    await flow("RLHF").getByText("Save PNG").click();
    const png = await panel.waitFor("savePng");
    expect(png.name).toBe("anchor-flow-rlhf");
    const picture = await readPng(page, png.data);
    const inches = [diagram.width / 96, diagram.height / 96];
    expect([picture.width, picture.height]).toEqual(inches.map((inch) => Math.round(300 * inch)));
    expect(pixelsOf(picture, "#ffffff")[0]).toEqual({ x: 0, y: 0 });
    expect(pixelsOf(picture, PRINT_THEME.anchors[0]!).length).toBeGreaterThan(500);

    await tab("Overlap").click();
    const figure = page.locator("section.figure", {
      has: page.getByRole("heading", { name: "Overlap", exact: true }),
    });
    await panel.forget();
    await figure.getByRole("button", { name: "Save SVG: Overlap" }).click();
    const curves = await readSvg(page, (await panel.waitFor("saveText")).text);
    expect(curves.words).toEqual(
      expect.arrayContaining([
        ...["Overlap", subject("base", 0.7), subject("rlhf", 0.9)],
        ...["Base", "RLHF", "% of pairs", "% of the aligned text"],
      ]),
    );
    expect(curves.words.join(" ")).toContain(
      "Pairs of samples with the same character at the same place, aligned by Twinlens",
    );
    await tab("Samples").click();
  });

  test("shows a run that grows, and lets it be cancelled and resumed", async () => {
    const { page, send } = panel;
    await send(run.messages[0]!);
    const sampling = (done: number): ToAnchors => ({
      type: "progress",
      progress: { kind: "sampling", role: "rlhf", done, tokensPerSecond: 812.4, secondsLeft: 19.6 },
    });
    const unknown = { known: null, perplexity: null, tokens: null };
    const grown = run.texts.rlhf.map((text) => ({ text, ...unknown }));
    await send(sampling(2));
    await send({ type: "samples", role: "rlhf", first: 0, samples: grown.slice(0, 2) });
    await send({ type: "samples", role: "rlhf", first: 2, samples: grown.slice(2, 3) });
    await rows().nth(2).locator(".sample-text").waitFor();
    expect(await rows().locator(".sample-text").allTextContents()).toEqual(
      run.texts.rlhf.slice(0, 3),
    );
    expect(await page.locator(".progress").innerText()).toMatch(
      `Drawing RLHF samples, 2 of ${samples}, 812 tokens/s, about 20 s left`,
    );
    expect(await page.locator("body[data-drawn]").count()).toBe(0);
    // A press that a message falls into still counts, and the keyboard stays where it is.
    await page.getByRole("button", { name: "Cancel" }).hover();
    await page.mouse.down();
    await send(sampling(3));
    const shown = () => page.locator(".progress").innerText();
    await expect.poll(shown).toMatch(`Drawing RLHF samples, 3 of ${samples}`);
    await page.mouse.up();
    expect(await panel.posted()).toEqual([{ type: "cancel" }]);
    await send({ type: "progress", progress: { kind: "stopped", reason: "Cancelled." } });
    await expect.poll(() => page.locator(".progress").innerText()).toMatch(/^Cancelled\./);
    const focused = page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(await focused).toBe("Resume");
    await page.getByRole("button", { name: "Resume" }).click();
    expect(await panel.posted()).toEqual([{ type: "cancel" }, { type: "resume" }]);
  });

  test("offers to score samples from elsewhere, and says when there is no anchor", async () => {
    const { page, send } = panel;
    const texts = ["One way of it.", "Something else.", "Nothing of the kind."];
    const imported = runOf({ rlhf: texts, base: texts });
    const unscored: RunView = {
      ...imported.run,
      base: null,
      rlhf: { ...imported.run.rlhf!, model: "samples from mine.jsonl", settings: "" },
    };
    await send({ type: "show", run: unscored });
    const unknown = texts.map((text) => ({ text, known: null, perplexity: null, tokens: null }));
    await send({ type: "samples", role: "rlhf", first: 0, samples: unknown });
    const score = page.getByRole("button", { name: "Score the samples" });
    expect(await score.count()).toBe(0);
    await send({ type: "progress", progress: { kind: "done" } });
    await send({
      type: "anchors",
      role: "rlhf",
      aligner: "twinlens",
      anchors: anchorsOf("rlhf", imported),
    });
    expect(await page.locator(".head summary").allInnerTexts()).toEqual([
      "RLHF: samples from mine.jsonl",
    ]);
    // Rows are filled a frame later.
    await expect.poll(() => page.locator(".row .muted").allInnerTexts()).toEqual(["–", "–", "–"]);
    expect(await flow("RLHF").locator(".nothing p").first().innerText()).toBe(
      "No anchors: no 30 characters stand at the same place in 2 of the 3 samples.",
    );
    await score.click();
    expect(await panel.posted()).toEqual([{ type: "score" }]);

    const numbers = { perplexity: 7, tokens: 3 };
    const drawn = texts.map((text) => ({ text, known: "drawn" as const, ...numbers }));
    await send({ type: "samples", role: "rlhf", first: 0, samples: drawn });
    const facts = page.locator(".row .muted");
    await expect
      .poll(() => facts.first().innerText())
      .toBe("perplexity 7.00 under RLHF as drawn, 3 tokens");
    const scored = texts.map((text) => ({ text, known: "scored" as const, ...numbers }));
    await send({ type: "samples", role: "rlhf", first: 0, samples: scored });
    await expect.poll(() => facts.first().innerText()).toBe("perplexity 7.00 under RLHF, 3 tokens");
    expect(await score.count()).toBe(0);
  });

  test("fills only the rows near the box, of a thousand", async () => {
    const { page, send } = panel;
    await send(run.messages[0]!);
    const many = Array.from({ length: 1000 }, (_, i) => ({
      text: `${i}: ${run.texts.rlhf[i % samples]}`,
      known: null,
      perplexity: null,
      tokens: null,
    }));
    await send({ type: "samples", role: "rlhf", first: 0, samples: many });
    await rows().first().locator(".sample-text").waitFor();
    expect(await rows().count()).toBe(1000);
    expect(await page.locator(".row .sample-text").count()).toBeLessThan(150);
    await page.getByRole("listbox", { name: "RLHF samples" }).focus();
    await page.keyboard.press("End");
    expect(await rows().nth(999).locator(".sample-text").textContent()).toBe(many[999]!.text);
    await rows().first().locator(".sample-text").waitFor({ state: "detached" });
    expect(await page.locator(".row .sample-text").count()).toBeLessThan(150);
    // One more sample does not move the reader, once the rows on screen have their real heights.
    const list = page.getByRole("listbox", { name: "RLHF samples" });
    const before = await settledScroll(list);
    expect(before.currentVisible).toBe(true);
    await send({ type: "samples", role: "rlhf", first: 1000, samples: [many[0]!] });
    await page.getByText("1,001 samples").waitFor();
    expect((await settledScroll(list)).top).toBe(before.top);
    expect(await rows().nth(999).getAttribute("aria-selected")).toBe("true");
  });

  test("keeps foreign text as text, on the page and in files", async () => {
    const { page, send } = panel;
    const hostile = '<img src=x onerror="window.hacked=1"> [x](command:y) \u001b[31m\u202e & so on';
    const visible = '<img src=x onerror="window.hacked=1"> [x](command:y) ␛[31mU+202E & so on';
    const texts = ["a", "b", "c", "d", "e"].map((letter) => `${letter} ${hostile} ${letter}`);
    const shown = runOf({ rlhf: texts, base: texts });
    const prompt = { ...shown.run.prompt, text: hostile };
    await send({ type: "show", run: { ...shown.run, name: hostile, prompt } });
    for (const message of shown.messages.slice(1)) await send(message);
    expect(await page.locator("h1").innerText()).toBe(visible);
    expect(await page.locator("blockquote").textContent()).toBe(hostile);
    const [anchor] = anchorsOf("rlhf", shown).anchors;
    expect(anchor!.text).toContain(hostile);
    expect((await labels(anchorButtons("RLHF")))[0]).toContain(visible);
    expect(await rows().first().locator("mark").textContent()).toContain(visible);
    await flow("RLHF").getByText("Save SVG").click();
    const { text } = await panel.waitFor("saveText");
    expect(text).not.toContain("<img");
    const { words, tags } = await readSvg(page, text);
    expect(tags).not.toContain("parsererror");
    // A heading is one line, without control characters.
    expect(words.join(" ")).toContain(`Prompt: “${visible.replace("␛", "")}”`);
    await flow("RLHF").getByText("Save PNG").click();
    await panel.waitFor("savePng");
    await flow("RLHF").getByText("Table", { exact: true }).click();
    await expect.poll(() => flow("RLHF").locator("table").textContent()).toContain(visible);
    await panel.forget();
    await flow("RLHF").getByText("Save CSV").click();
    expect((await panel.waitFor("saveText")).text).toMatch(/^start,"?1 “/mu);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    await send({ type: "error", message: hostile });
    expect(await page.getByRole("alert").textContent()).toBe(visible);
    // A failure removes nothing.
    expect(await rows().count()).toBe(texts.length);
  });

  test("meets no error and breaks no policy in all of this", () => {
    expect(panel.complaints).toEqual([]);
  });
});

test.each(allThemes)("looks well in the theme $name", async (theme) => {
  const panel: AnchorsPage = await openPanel(browser, "anchors", theme, {
    width: 1200,
    height: 1700,
  });
  await show(panel, run);
  await panel.page.locator(".sample-text").nth(3).waitFor();
  await screenshot(panel.page, `anchors-${theme.name}`);
  await panel.page.close();
});

test("a narrow panel needs no sideways scrolling", async () => {
  const panel: AnchorsPage = await openPanel(browser, "anchors", lightTheme, {
    width: 400,
    height: 900,
  });
  await show(panel, run);
  expect(await panel.page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  // Two sliders in a row leave the figures their place.
  const tops = await panel.page
    .locator(".slider")
    .evaluateAll((sliders) => sliders.map((slider) => slider.getBoundingClientRect().top));
  expect(tops[0]).toBe(tops[1]);
  expect(await panel.page.locator(".flow-key").innerText()).toContain("grey: samples without any");
  // A diagram that needs more room says on which side there is more, and is scrolled by key.
  const diagram = panel.page.getByRole("region", { name: "RLHF: diagram" });
  const frame = panel.page.locator(".flow.rlhf .side-scroll");
  const sides = () => frame.evaluate(({ classList }) => [...classList].slice(1));
  expect(await sides()).toEqual(["more-right"]);
  await screenshot(panel.page, "anchors-narrow-right");
  await diagram.focus();
  await panel.page.keyboard.press("ArrowRight");
  await expect.poll(sides).toEqual(["more-right", "more-left"]);
  await panel.page.keyboard.press("Tab");
  for (let anchor = 1; anchor < 5; anchor++) await panel.page.keyboard.press("ArrowRight");
  await expect.poll(() => diagram.evaluate((box) => box.scrollLeft)).toBeGreaterThan(100);
  await diagram.evaluate((box) => (box.scrollLeft = box.scrollWidth));
  await expect.poll(sides).toEqual(["more-left"]);
  // In a wide panel it is no stop.
  await panel.page.setViewportSize({ width: 1200, height: 900 });
  await expect.poll(sides).toEqual([]);
  expect(await diagram.count()).toBe(0);
  await panel.page.setViewportSize({ width: 400, height: 900 });
  await screenshot(panel.page, "anchors-narrow");
  await panel.page.close();
});

function labels(parts: Locator): Promise<(string | null)[]> {
  return parts.evaluateAll((elements) =>
    elements.map((element) => element.getAttribute("aria-label")),
  );
}

function pressed(buttons: Locator): Promise<boolean[]> {
  return buttons.evaluateAll((elements) =>
    elements.map((element) => element.getAttribute("aria-pressed") === "true"),
  );
}

/** Opens the table behind a chart; cells as text. */
async function openTable({ page }: AnchorsPage, title: string): Promise<string[][]> {
  const figure = page.locator("section.figure", {
    has: page.getByRole("heading", { name: title }),
  });
  await figure.first().locator("summary").click();
  await figure.first().locator("table").waitFor();
  return figure.first().locator("tbody tr").evaluateAll(cellTexts);
}

function tooltips(parts: (SVGElement | HTMLElement)[]): (string | null)[] {
  return parts.map((part) => part.getAttribute("title"));
}

function cellTexts(rows: (SVGElement | HTMLElement)[]): string[][] {
  return rows.map((row) => Array.from(row.children, (cell) => cell.textContent ?? ""));
}
