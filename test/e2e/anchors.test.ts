import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseRun } from "../../src/protocol/generations";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, runCommand } from "../support/workbench";
import { sidebar, webview } from "../support/workbenchParts";
import { processIds } from "../support/workbenchProcesses";

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

async function analyze(): Promise<void> {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Analyze Anchors");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "Document" }).click();
}

test("a run draws both models' samples, aligns them and is saved", async () => {
  await analyze();
  await panel().locator('body[data-drawn="1"]').waitFor({ timeout: 100_000 });
  const text = await panel().locator("main").innerText();
  expect(text).toContain(prompt);
  await expect.poll(alignedRows, { timeout: 90_000 }).toEqual([12]);
  const [run] = savedRuns();
  expect(run!.rlhf?.samples).toHaveLength(12);
  expect(run!.rlhf?.prompt).toContain("<|assistant|>");
  expect(run!.prompt.trim()).toBe(prompt);
  await keepScreenshot(workbench(), "anchors");
});

test("the saved run stands in the sidebar and opens again as it was", async () => {
  const { page } = workbench();
  const shown = await panel().locator(".row").allInnerTexts();
  await workbench().reload();
  await expect
    .poll(async () => (await sidebar(page, "Twinlens", "Runs")).map((row) => row.label))
    .toEqual([prompt]);
  await page.locator(".sidebar .pane .monaco-list-row", { hasText: prompt }).click();
  await panel().locator('body[data-drawn="1"]').waitFor({ timeout: 60_000 });
  expect(await panel().locator(".row").allInnerTexts()).toEqual(shown);
});

test("a run that loses its engine keeps what is finished, and goes on when asked to", async () => {
  const engine = () => processIds(workbench(), resolve("dist/engine.mjs"));
  await openFile(workbench(), "prompt.md");
  await analyze();
  await expect.poll(() => engine().length).toBeGreaterThan(0);
  await expect.poll(async () => panel().locator("main").innerText()).toMatch(/of 12/);
  for (const id of engine()) process.kill(id, "SIGKILL");
  const resume = panel().getByRole("button", { name: /Resume/i });
  await resume.waitFor();
  await resume.click();
  await panel().locator('body[data-drawn="1"]').waitFor({ timeout: 100_000 });
  await expect.poll(alignedRows, { timeout: 90_000 }).toEqual([12, 12]);
});
