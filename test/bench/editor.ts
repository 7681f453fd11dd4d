/**
 * What a user of the editor waits for, in a real workbench with the default pair: activation, the first heat map, a
 * recorded run, live mode, and frames while a highlighted document is scrolled. Times are read in the page, at frames.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { folderWith } from "../support/folders";
import { waitUntil } from "../support/waitUntil";
import { openFile, openWorkbench, runCommand, type Workbench } from "../support/workbench";
import { webview } from "../support/workbenchParts";
import { screenChanges, type Screen, startScreenRecord } from "./screenRecord";
import { drawnTime, recordDrawnPages } from "./drawnPage";
import { median, printTable } from "./table";

const ROUNDS = Number(process.env["BENCH_PAIRS"] ?? 3);
const SCROLL_STEPS = 150;
/** `twinlens.liveDelay`. */
const PAUSE_MS = 200;
const SAMPLE = readFileSync("sample/night-ferry.md", "utf8");
const CHARACTERS_PER_TOKEN = 3.4;

const files = {
  "short.md": textOf(500),
  "live.md": textOf(2000),
  "long.md": textOf(5000),
  "plain.md": textOf(5000),
};

console.log(`Default pair, medians of ${ROUNDS} rounds.\n`);
const firstHeatMaps: number[] = [];
const activations: number[] = [];
const recordedRuns: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const workbench = await openWorkbench({ folder: folderWith(files), openFile: "short.md" });
  try {
    firstHeatMaps.push(await firstHeatMap(workbench));
    activations.push(await activationTime(workbench));
    recordedRuns.push(await recordedRun(workbench));
  } finally {
    await workbench.close();
  }
}
report([
  ["activation, ms", median(activations).toFixed(0), "≤ 50"],
  ["first heat map, 500 tokens, cold, ms", median(firstHeatMaps).toFixed(0), "≤ 2000"],
  ["recorded run, from the choice to the page, ms", median(recordedRuns).toFixed(0), "≤ 1000"],
]);

const workbench = await openWorkbench({
  folder: folderWith(files),
  openFile: "live.md",
  settings: { "editor.inlayHints.enabled": "on" },
});
try {
  report(await liveMode(workbench));
  report(await scrolling(workbench));
} finally {
  await workbench.close();
}
process.exit(0);

function report(rows: (string | number)[][]): void {
  printTable(["", "measured", "bar"], rows);
}

/** Milliseconds from the command to the first frame with the finished document's colours and numbers, nothing started. */
async function firstHeatMap(workbench: Workbench): Promise<number> {
  const { page } = workbench;
  const command = "Twinlens: Highlight Document";
  await page.keyboard.press("F1");
  // A window that has just opened lists what is similar until it knows of the command.
  const first = page.locator(".quick-input-list .monaco-list-row").first();
  await waitUntil("the command is listed first", async () => {
    const search = page.locator(".quick-input-widget input.input");
    await search.fill(">");
    await search.fill(`>${command}`);
    return (await first.innerText()).includes(command);
  });
  // The window has come to rest.
  await sleep(5000);
  await startScreenRecord(page);
  await page.keyboard.press("Enter");
  const isDone = ({ coloured, status }: Screen) => coloured > 0 && status.includes("PPL");
  return firstTime(page, "a heat map", isDone);
}

/** Milliseconds, as the editor itself counts them. */
async function activationTime(workbench: Workbench): Promise<number> {
  // The list holds only the rows on screen.
  await workbench.page.setViewportSize({ width: 1400, height: 4000 });
  await runCommand(workbench, "Developer: Show Running Extensions");
  const row = workbench.page.locator(".runtime-extensions-editor .monaco-list-row", {
    hasText: "Twinlens",
  });
  const text = await row.locator(".activation-time").innerText();
  return Number(/(\d+)\s*ms/.exec(text)![1]);
}

/** Milliseconds from the choice of a run to the first frame that shows its page whole. */
async function recordedRun(workbench: Workbench): Promise<number> {
  const { page } = workbench;
  const name = "SmolLM2-135M-Instruct: vaccinations";
  await recordDrawnPages(page);
  await runCommand(workbench, "Twinlens: Open a Recorded Run…");
  await page.locator(".quick-input-widget input.input").fill(name);
  const rows = page.locator(".quick-input-list .monaco-list-row");
  await waitUntil("only the run is listed", async () => {
    const texts = await rows.allInnerTexts();
    return texts.length === 1 && texts[0]!.includes(name);
  });
  const start = Date.now();
  await page.keyboard.press("Enter");
  const drawn = await drawnTime(webview(page).locator("body[data-drawn]"));
  await webview(page).getByRole("heading", { name }).waitFor();
  await webview(page).getByText("59 %").first().waitFor();
  return drawn - start;
}

async function liveMode(workbench: Workbench): Promise<(string | number)[][]> {
  const { page } = workbench;
  await runCommand(workbench, "Twinlens: Turn Live Mode On or Off");
  await runCommand(workbench, "Twinlens: Highlight Document");
  await startScreenRecord(page);
  await firstTime(page, "live.md's heat map", isCurrent);
  const typeAt = async (key: string, isDone: (screen: Screen) => boolean) => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await page.keyboard.press(key);
      await sleep(500);
      await startScreenRecord(page);
      await page.keyboard.type("a");
      times.push((await firstTime(page, "new numbers", isDone, isOutdated)) - PAUSE_MS);
      await firstTime(page, "all numbers", isCurrent, isOutdated);
    }
    return median(times);
  };
  const atEnd = await typeAt("Control+End", isCurrent);
  const inFirstLine = await typeAt(
    "Control+Home",
    ({ coloured, stale }) => coloured > 0 && stale === 0,
  );
  return [
    [
      "live mode, 2,000 tokens, typed at the end: all, ms after the pause",
      atEnd.toFixed(0),
      "≤ 300",
    ],
    [
      "typed in the first line: what is visible, ms after the pause",
      inFirstLine.toFixed(0),
      "≤ 1000",
    ],
  ];
}

/** Ratio of the 95th percentile of the time between frames, highlighted to not, measured in turn. */
async function scrolling(workbench: Workbench): Promise<(string | number)[][]> {
  const { page } = workbench;
  await openFile(workbench, "long.md");
  await runCommand(workbench, "Twinlens: Highlight Document");
  await startScreenRecord(page);
  await firstTime(page, "long.md's heat map", isCurrent);
  const rounds: { readonly on: number; readonly off: number }[] = [];
  for (let round = 0; round < ROUNDS + 1; round++) {
    await openFile(workbench, "plain.md");
    const off = await scrollFrames(page);
    await openFile(workbench, "long.md");
    const on = await scrollFrames(page);
    // The first round warms up.
    if (round > 0) rounds.push({ on, off });
  }
  return [
    [
      "scrolling, not highlighted: p95 frame, ms",
      median(rounds.map(({ off }) => off)).toFixed(1),
      "",
    ],
    [
      "scrolling 5,000 highlighted tokens: p95 frame, ms",
      median(rounds.map(({ on }) => on)).toFixed(1),
      "",
    ],
    ["ratio", median(rounds.map(({ on, off }) => on / off)).toFixed(2), "≤ 1.5"],
  ];
}

async function scrollFrames(page: Page): Promise<number> {
  await page.keyboard.press("Control+Home");
  await page.mouse.move(600, 400);
  await sleep(1000);
  await page.evaluate(() => {
    const times: number[] = [];
    (globalThis as { frameTimes?: number[] }).frameTimes = times;
    const frame = (time: number) => {
      times.push(time);
      if (times.length < 10_000) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  for (let step = 0; step < SCROLL_STEPS; step++) {
    await page.mouse.wheel(0, step < SCROLL_STEPS / 2 ? 100 : -100);
    await sleep(16);
  }
  const times = await page.evaluate(() =>
    (globalThis as { frameTimes?: number[] }).frameTimes!.splice(0, 10_000),
  );
  const gaps = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length * 0.95)]!;
}

/** All that is on screen and in the status bar belongs to the text as it is. */
function isCurrent({ coloured, stale, status }: Screen): boolean {
  return coloured > 0 && stale === 0 && status.includes("PPL") && !/edited|partial/.test(status);
}

function isOutdated({ stale, status }: Screen): boolean {
  return stale > 0 && status.includes("edited");
}

/** Time of the first recorded frame that shows `wanted`, after one that shows `before`; ms since the record began. */
async function firstTime(
  page: Page,
  what: string,
  wanted: (screen: Screen) => boolean,
  before: (screen: Screen) => boolean = () => true,
): Promise<number> {
  let found: Screen | undefined;
  await waitUntil(what, async () => {
    const screens = await screenChanges(page);
    const start = screens.findIndex(before);
    if (start >= 0) found = screens.slice(start).find(wanted);
    return found !== undefined;
  });
  return found!.time;
}

function textOf(tokens: number): string {
  const length = Math.round(tokens * CHARACTERS_PER_TOKEN);
  return SAMPLE.repeat(Math.ceil(length / SAMPLE.length)).slice(0, length);
}
