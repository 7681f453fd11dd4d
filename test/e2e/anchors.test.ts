import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { modelSource } from "../../src/formats/run";
import { folderWith } from "../support/folders";
import { patience } from "../support/patience";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, runCommand } from "../support/workbench";
import { waitUntil } from "../support/waitUntil";
import { chooseFile } from "../support/workbenchDialogs";
import { notifications } from "../support/workbenchNotifications";
import { chooseInMenu, sidebar, webview } from "../support/workbenchParts";
import { processIds } from "../support/workbenchProcesses";

/** A file on a full disk, where a system has one. */
const FULL = "/dev/full";

const prompt = "Once upon a time there was a fox who";
const folder = folderWith({ "prompt.md": `${prompt}\n` });
// The embedded pair: trained, so that its samples are texts.
const workbench = useWorkbench(() => ({
  folder,
  openFile: "prompt.md",
  machineSettings: { "twinlens.gpu": "off" },
  settings: { "twinlens.samples": 12, "twinlens.maxTokens": 40, "twinlens.seed": 7 },
}));

const panel = () => webview(workbench().page);
const runsFolder = () => {
  const found = readdirSync(workbench().home, { recursive: true, encoding: "utf8" });
  const folders = found.filter((name) => /twinlens\.twinlens[/\\]runs$/.test(name));
  return folders[0] === undefined ? null : join(workbench().home, folders[0]);
};
const savedRuns = () => {
  const runs = runsFolder();
  if (runs === null) return [];
  const files = readdirSync(runs).filter((name) => name.endsWith(".twinlens.json"));
  return files.map((name) => parseRun(readFileSync(join(runs, name), "utf8")));
};

const alignedRows = () => savedRuns().map((run) => run.base?.alignment?.rows.length);

/** Opens the one saved run from the sidebar, in a window just loaded. */
async function openSavedRun(): Promise<void> {
  const { page } = workbench();
  await expect
    .poll(async () => (await sidebar(page, "Twinlens", "Runs")).map((row) => row.label))
    .toEqual([prompt]);
  await page.locator(".sidebar .pane .monaco-list-row", { hasText: prompt }).click();
  await panel()
    .locator('body[data-drawn="1"]')
    .waitFor({ timeout: patience(60_000) });
}

const engine = () => processIds(workbench(), resolve("dist/engine.mjs"));

async function analyze(): Promise<void> {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Analyze Anchors");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "Document" }).click();
}

test("a run draws both models' samples, aligns them and is saved", async () => {
  await analyze();
  await panel()
    .locator('body[data-drawn="1"]')
    .waitFor({ timeout: patience(100_000) });
  const text = await panel().locator("main").innerText();
  expect(text).toContain(prompt);
  await expect.poll(alignedRows, { timeout: patience(90_000) }).toEqual([12]);
  const [run] = savedRuns();
  expect(run!.rlhf?.samples).toHaveLength(12);
  expect(modelSource(run!.rlhf)?.prompt).toContain("<|assistant|>");
  expect(run!.prompt.trim()).toBe(prompt);
  await keepScreenshot(workbench(), "anchors");
});

test("the saved run stands in the sidebar and opens again as it was", async () => {
  // Until the samples are scored, their perplexities are as drawn.
  const progress = panel().locator(".progress");
  await expect.poll(() => progress.innerText(), { timeout: patience(90_000) }).toBe("");
  const shown = await panel().locator(".row").allInnerTexts();
  await workbench().reload();
  await openSavedRun();
  await expect.poll(() => panel().locator(".row").allInnerTexts()).toEqual(shown);
});

test("exporting a run onto a full disk says so, and into a file gives what is saved", async () => {
  const { page } = workbench();
  const exportTo = async (path: string) => {
    const row = page.locator(".sidebar .pane .monaco-list-row", { hasText: prompt });
    const dialog = page.locator(".quick-input-widget");
    // A menu that the tree closes, because it draws itself anew, has chosen nothing.
    await waitUntil("the dialog opens", async () => {
      await chooseInMenu(page, row, "Export Run…");
      return dialog.waitFor({ timeout: patience(5000) }).then(
        () => true,
        () => false,
      );
    });
    await chooseFile(workbench(), path);
  };
  const told = async () => (await notifications(page)).join("\n");
  if (existsSync(FULL)) {
    const full = join(workbench().folder, "full.twinlens.json");
    symlinkSync(FULL, full);
    await exportTo(full);
    await expect.poll(told).toMatch(/ENOSPC|no space left/i);
    expect(await told()).not.toContain("Saved");
  }
  const path = join(workbench().folder, "exported.twinlens.json");
  await exportTo(path);
  await expect.poll(told).toContain("Saved exported.twinlens.json");
  const [saved] = readdirSync(runsFolder()!).filter((name) => name.endsWith(".twinlens.json"));
  expect(readFileSync(path)).toEqual(readFileSync(join(runsFolder()!, saved!)));
  await runCommand(workbench(), "Notifications: Clear All Notifications");
});

test("a moved slider changes the anchors, draws nothing, and is kept", async () => {
  // Behind a tab: the text is there, though nothing of it is on screen.
  const anchors = () => panel().locator(".anchors tbody tr").allTextContents();
  const slider = (name: string) => panel().getByRole("slider", { name });
  const [before] = savedRuns();
  const shownBefore = await anchors();

  await slider("Minimum length").press("Home");
  await slider("At most").press("End");
  await expect.poll(async () => (await anchors()).length).toBeGreaterThan(shownBefore.length);
  const kept = () => savedRuns()[0]?.rlhf?.anchors?.options;
  await expect.poll(kept).toMatchObject({ minLength: 5, limit: 20 });
  const [after] = savedRuns();
  for (const role of ["base", "rlhf"] as const) {
    expect(after![role]?.samples).toEqual(before![role]?.samples);
    expect(after![role]?.alignment).toEqual(before![role]?.alignment);
  }
  const saved = () => {
    const [run] = savedRuns();
    return (["rlhf", "base"] as const).flatMap((role) => run![role]!.anchors!.spans).length;
  };
  await expect.poll(async () => (await anchors()).length).toBe(saved());
  const many = saved();
  // Nothing was drawn or scored: the window before this one had the engine.
  await expect.poll(engine).toEqual([]);

  await slider("Minimum share").press("End");
  await expect.poll(async () => (await anchors()).length).toBeLessThan(many);
  await expect.poll(kept).toMatchObject({ minLength: 5, minShare: 1, limit: 20 });
  await expect.poll(async () => (await anchors()).length).toBe(saved());
  const last = await anchors();
  await keepScreenshot(workbench(), "anchors-sliders");
  await workbench().reload();
  await openSavedRun();
  await expect.poll(() => slider("Minimum length").inputValue()).toBe("5");
  expect(await slider("Minimum share").inputValue()).toBe("100");
  expect(await slider("At most").inputValue()).toBe("20");
  await expect.poll(anchors).toEqual(last);
});

test("a run that loses its engine keeps what is finished, and goes on when asked to", async () => {
  await openFile(workbench(), "prompt.md");
  await analyze();
  await expect.poll(() => engine().length).toBeGreaterThan(0);
  await expect.poll(async () => panel().locator("main").innerText()).toMatch(/of 12/);
  for (const id of engine()) process.kill(id, "SIGKILL");
  const resume = panel().getByRole("button", { name: /Resume/i });
  await resume.waitFor();
  await resume.click();
  await panel()
    .locator('body[data-drawn="1"]')
    .waitFor({ timeout: patience(100_000) });
  await expect.poll(alignedRows, { timeout: patience(90_000) }).toEqual([12, 12]);
});

/** Many more than are drawn together: the first are finished long before the last. */
const MANY = 600;

test("a cancelled run keeps, aligns and shows its finished samples, and goes on", async () => {
  mkdirSync(join(workbench().folder, ".vscode"));
  writeFileSync(
    join(workbench().folder, ".vscode/settings.json"),
    JSON.stringify({ "twinlens.samples": MANY }),
  );
  await workbench().reload();
  await openFile(workbench(), "prompt.md");
  await analyze();
  const progress = panel().locator(".progress");
  const done = async () => Number(/(\d+) of 600/.exec(await progress.innerText())?.[1] ?? 0);
  await expect.poll(done).toBeGreaterThan(1);
  await panel().getByRole("button", { name: "Cancel" }).click();
  const resume = panel().getByRole("button", { name: "Resume" });
  await resume.waitFor();
  expect(await progress.innerText()).toContain("Cancelled.");
  const cancelled = () => savedRuns().find((run) => run.settings.samples === MANY)?.base;
  const aligned = () => cancelled()?.alignment?.rows.length;
  await expect.poll(aligned).toBeDefined();
  const finished = cancelled()!.samples.length;
  expect(finished).toBeGreaterThan(1);
  expect(finished).toBeLessThan(MANY);
  await expect.poll(aligned).toBe(finished);
  const tools = panel().locator(".samples .tools");
  await expect.poll(() => tools.innerText()).toContain(`${finished} samples`);
  const first = panel().locator(".row .sample-text").first();
  await expect.poll(() => first.innerText()).not.toBe("");
  await panel().locator('body[data-drawn="1"]').waitFor();
  await keepScreenshot(workbench(), "anchors-cancelled");

  await resume.click();
  await expect.poll(done).toBeGreaterThan(finished);
  await panel().getByRole("button", { name: "Cancel" }).click();
  await resume.waitFor();
  await expect.poll(() => cancelled()!.samples.length).toBeGreaterThan(finished);
});
