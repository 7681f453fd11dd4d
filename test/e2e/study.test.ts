import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { patience } from "../support/patience";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, pick, runCommand } from "../support/workbench";
import { chooseFile } from "../support/workbenchDialogs";
import { codeLenses, hoverText, paintedRanges, putCursor } from "../support/workbenchEditor";
import { sidebar, webview } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";

const talk = (i: number) =>
  JSON.stringify({ text: `Question ${i}: how many lights are there? ${story.slice(0, 60 * i)}` });

const workbench = useWorkbench(() => {
  const folder = folderWith({ "notes.txt": "Nothing to see." });
  mkdirSync(join(folder, "texts"));
  writeFileSync(join(folder, "texts/chat.jsonl"), [1, 2, 3, 4, 5, 6].map(talk).join("\n"));
  writeFileSync(join(folder, "texts/wiki.txt"), story.repeat(80));
  return { folder, openFile: "notes.txt", machineSettings: pairSettings };
});

const studyFile = () => join(workbench().folder, "lights.twinlens-study.yaml");
const resultFile = () => join(workbench().folder, "lights.twinlens-results.json");
const panel = () => webview(workbench().page);
const facts = () => panel().locator(".progress").innerText();
const press = (name: string) =>
  panel().locator(".progress vscode-button", { hasText: name }).click();
const rows = () => sidebar(workbench().page, "Twinlens", "Studies");

async function addFile(path: string, category: string): Promise<void> {
  await pick(workbench(), "Files…");
  await chooseFile(workbench(), join(workbench().folder, path));
  await pick(workbench(), category);
}

test("a new study is a file of what was chosen, with lenses that run it", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: New Study…");
  await addFile("texts/chat.jsonl", "chat");
  await addFile("texts/wiki.txt", "pretraining");
  await keepScreenshot(workbench(), "study-new");
  await pick(workbench(), "Continue with 2 corpora");
  await pick(workbench(), "quick");
  await chooseFile(workbench(), studyFile());
  await page.locator(".tab.active", { hasText: "lights.twinlens-study.yaml" }).waitFor();
  await expect
    .poll(async () => (await codeLenses(page)).join())
    .toMatch(/Run Study\s.*\sOpen Results/su);
  expect(readFileSync(studyFile(), "utf8")).toContain('paths: "texts/chat.jsonl"');
  await expect.poll(rows).toEqual([{ label: "lights", description: "not run" }]);
  await keepScreenshot(workbench(), "study-file");
});

test("a fault in the file is marked where it is, with what is allowed there", async () => {
  const { page } = workbench();
  const faults = page.locator(".monaco-editor .squiggly-error");
  await putCursor(page, 2);
  await page.keyboard.type("nonsense: 1\n");
  await expect.poll(() => faults.count()).toBe(1);
  const says = await hoverText(page, 2, 2, "Twinlens");
  expect(says).toContain('there is no setting "nonsense"; there are version, preset,');
  for (let i = 0; i < "nonsense: 1\n".length; i++) await page.keyboard.press("Backspace");
  await expect.poll(() => faults.count()).toBe(0);
});

test("it is run, cancelled, and goes on after a reload with what is missing", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Run Study");
  await expect
    .poll(facts, { timeout: patience(30_000), interval: 20 })
    .toMatch(/[1-7] of 8 cells measured/u);
  await keepScreenshot(workbench(), "study-running");
  await press("Cancel");
  await panel().locator("vscode-button", { hasText: "Resume" }).waitFor();
  const before = readFileSync(resultFile(), "utf8");
  await workbench().reload();
  await expect.poll(async () => (await rows())[0]?.description).toMatch(/ of 8 cells$/u);
  await page.locator(".sidebar .pane .monaco-list-row", { hasText: "lights" }).click();
  await press("Resume");
  await expect.poll(facts, { timeout: patience(60_000) }).toMatch(/8 of 8 cells measured/u);
  expect(before.length).toBeLessThan(readFileSync(resultFile(), "utf8").length);
  await expect.poll(rows).toEqual([{ label: "lights", description: "done" }]);
  await keepScreenshot(workbench(), "study-done");
});

test("a document of a figure opens with its heat map", async () => {
  const { page } = workbench();
  const figure = panel().locator("section.figure[aria-label*='document' i]").first();
  await figure.locator("summary").click();
  await figure.getByRole("button", { name: "chat.jsonl#6" }).first().click();
  await page.locator(".tab.active", { hasText: "chat · texts∕chat.jsonl#6" }).waitFor();
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(3);
  await keepScreenshot(workbench(), "study-document");
});

test("the report is exported, with its pictures beside it", async () => {
  const target = join(workbench().folder, "lights.md");
  await panel().locator("header.top vscode-button", { hasText: "Markdown" }).click();
  await chooseFile(workbench(), target);
  await expect.poll(() => existsSync(target)).toBe(true);
  const text = readFileSync(target, "utf8");
  const [, picture] = /!\[.*?\]\((.*?)\)/u.exec(text) ?? [];
  expect(readFileSync(join(workbench().folder, decodeURI(picture!)), "utf8")).toContain("<svg");
});
