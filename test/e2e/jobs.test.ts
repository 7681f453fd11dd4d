import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { testPair } from "../support/models";
import { patience } from "../support/patience";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, pick, runCommand, type Workbench } from "../support/workbench";
import {
  codeLenses,
  hoverText,
  paintedRanges,
  putCursor,
  shownLines,
} from "../support/workbenchEditor";
import { waitUntil } from "../support/waitUntil";
import { notifications } from "../support/workbenchNotifications";
import { processIds } from "../support/workbenchProcesses";
import { pairSettings, story } from "./documents";
import { numbersIn, statusOf } from "./shown";

const workbench = useWorkbench(() => ({
  // Long enough to be under way for a while everywhere.
  folder: folderWith({ "story.md": story, "long.md": story.repeat(2000) }),
  openFile: "story.md",
  machineSettings: {
    ...pairSettings,
    "twinlens.pairs": [
      ...pairSettings["twinlens.pairs"],
      { name: "other pair", ...testPair({ name: "other", seed: 99 }) },
    ],
  },
}));

test("an edit marks the numbers as old; highlighting again shows new ones", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const before = await statusOf(page, "PPL");
  await putCursor(page, 3);
  await page.keyboard.type("Twice ");
  const edited = await statusOf(page, "edited");
  expect(edited.replace(" (edited)", "")).toBe(before);
  const line = async () => (await shownLines(page))[2]?.text;
  await expect.poll(line).toMatch(/^Twice Once upon a time/);
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(() => statusOf(page, "PPL")).not.toContain("edited");
  expect(await statusOf(page, "PPL")).not.toBe(before);
  expect(await hoverText(page, 3, 1, "surprisal")).not.toContain("Out of date");
});

test("a cancelled job ends soon and keeps what it has reached", async () => {
  const { page } = workbench();
  await startLongJob(workbench());
  await runCommand(workbench(), "Twinlens: Cancel Scoring");
  await statusOf(page, "partial");
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
  expect(await titlesOfErrors(workbench())).toEqual([]);
});

test("text typed into a document that is being scored is kept", async () => {
  const { page } = workbench();
  await startLongJob(workbench());
  await putCursor(page, 3);
  await page.keyboard.type("Typed ");
  await expect.poll(async () => (await shownLines(page))[2]?.text).toMatch(/^Typed Once/);
  await runCommand(workbench(), "Twinlens: Cancel Scoring");
  await statusOf(page, "test pair");
  expect(await titlesOfErrors(workbench())).toEqual([]);
});

test("the list of jobs opens from the status bar, and cancels", async () => {
  const { page } = workbench();
  await startLongJob(workbench());
  await page.locator(".statusbar-item", { hasText: "Scoring" }).click();
  const rows = page.locator(".quick-input-widget .monaco-list-row");
  const job = rows.filter({ hasText: "long.md" });
  await job.filter({ hasText: /Scoring \d+ % · (about|a few)/ }).waitFor();
  await keepScreenshot(workbench(), "jobs");
  await waitUntil("the job is cancelled", async () => {
    await job.hover({ timeout: patience(1000) }).catch(() => undefined);
    const button = job.locator('[aria-label="Cancel"]');
    await button.click({ timeout: patience(1000) }).catch(() => undefined);
    return (await job.count()) === 0;
  });
  await rows.filter({ hasText: "No job is running" }).waitFor();
  await page.keyboard.press("Escape");
  await statusOf(page, "partial");
});

test("after a change of pair what is looked at is scored, but nothing that was cancelled", async () => {
  const { page } = workbench();
  await openFile(workbench(), "story.md");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const before = await statusOf(page, "test pair: PPL");
  await runCommand(workbench(), "Twinlens: Choose Pair…");
  await pick(workbench(), "other pair");
  const after = await statusOf(page, "other pair: PPL");
  expect(numbersIn(after)).not.toEqual(numbersIn(before));

  await openFile(workbench(), "long.md");
  expect(await statusOf(page, "PPL")).toMatch(/^other pair · measured with test pair: PPL/);
  await expect
    .poll(() => codeLenses(page))
    .toEqual(["Whole document · measured with test pair: highlight again"]);
  await putCursor(page, 3);
  expect(await hoverText(page, 3, 1, "Out of date")).toContain("measured with test pair");
  await keepScreenshot(workbench(), "changed-pair");
  await runCommand(workbench(), "Twinlens: Copy Numbers as Markdown");
  await expect
    .poll(() => titlesOfErrors(workbench()))
    .toContain(
      "Twinlens: The scores of this document were measured with test pair. Highlight it again to export them.",
    );
});

test("the engine's death in mid-job is reported once, and the next command works", async () => {
  const { page } = workbench();
  await workbench().reload();
  await startLongJob(workbench());
  const [engine] = processIds(workbench(), "dist/engine.mjs");
  process.kill(engine!, "SIGKILL");
  await expect.poll(() => titlesOfErrors(workbench())).toHaveLength(1);
  expect((await titlesOfErrors(workbench()))[0]).toMatch(/engine/i);
  await openFile(workbench(), "story.md");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
  expect(processIds(workbench(), "dist/engine.mjs")).not.toContain(engine);
  expect(await titlesOfErrors(workbench())).toHaveLength(1);
});

test("the server's death in mid-job is reported once, and the next command works", async () => {
  const { page } = workbench();
  await workbench().reload();
  await startLongJob(workbench());
  const [engine] = processIds(workbench(), "dist/engine.mjs");
  const [server] = processIds(workbench(), "dist/server.mjs");
  process.kill(server!, "SIGKILL");
  await expect.poll(() => titlesOfErrors(workbench())).toHaveLength(1);
  expect((await titlesOfErrors(workbench()))[0]).toMatch(/language server ended unexpectedly/);
  await openFile(workbench(), "story.md");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
  expect(await titlesOfErrors(workbench())).toHaveLength(1);
  // The orphan ends by itself.
  await expect.poll(() => processIds(workbench(), "dist/engine.mjs")).not.toContain(engine);
});

test("nothing is left behind when the extension host dies in mid-job", async () => {
  await workbench().reload();
  await startLongJob(workbench());
  const ours = () => [
    ...processIds(workbench(), "dist/server.mjs"),
    ...processIds(workbench(), "dist/engine.mjs"),
  ];
  const before = ours();
  expect(before).toHaveLength(2);
  process.kill(processIds(workbench(), "--type=extensionHost")[0]!, "SIGKILL");
  await expect.poll(() => ours().filter((id) => before.includes(id))).toEqual([]);
});

/** Begins to score the long text, and waits until some of it is scored. */
async function startLongJob(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await openFile(workbench, "long.md");
  await runCommand(workbench, "Twinlens: Highlight Document");
  const dialog = page.locator(".monaco-dialog-box");
  const isUnderWay = page.locator(".statusbar-item", { hasText: "Scoring" });
  await dialog.or(isUnderWay).first().waitFor();
  // Asked only once a rate is known, and only where it is slow.
  if (await dialog.isVisible()) await dialog.getByText("Score Everything").click();
  await isUnderWay.waitFor();
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
}

/** How the progress of a job begins: the extension's name, and then what it does. */
const PROGRESS = /^Twinlens(: (Starting|Loading the|Cutting the|Scoring \d|Done)|$)/;

/** Messages shown, without the progress of jobs. */
async function titlesOfErrors({ page }: Workbench): Promise<string[]> {
  return (await notifications(page)).filter((text) => !PROGRESS.test(text));
}
