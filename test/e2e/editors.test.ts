import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { patience } from "../support/patience";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, pick, runCommand } from "../support/workbench";
import { inHover, paintedRanges, shownLines } from "../support/workbenchEditor";
import { statusBar } from "../support/workbenchParts";
import { notifications } from "../support/workbenchNotifications";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const notebook = {
  cells: [
    {
      cell_type: "code",
      metadata: {},
      source: ["print('hello')"],
      execution_count: null,
      outputs: [],
    },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 2,
};

const workbench = useWorkbench(() => ({
  folder: folderWith({
    "story.md": story,
    "home.txt": "The fox went home.\nThe end.\n",
    "away.txt": "The fox went away.\nThe end.\n",
    "cells.ipynb": JSON.stringify(notebook),
  }),
  openFile: "story.md",
  machineSettings: pairSettings,
}));

const PAINTED = '.cdr[class*="TextEditorDecorationType"]';

test("an alternative of the hover is inserted and scored at once, and one undo takes it back", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const scored = await statusOf(page, "PPL");
  const before = (await shownLines(page)).map(({ text }) => text);
  const at = { line: 3, column: 1, expected: "surprisal" };
  const link = 'a[data-href^="command:twinlens.insert"]';
  await inHover(page, at, (hover) =>
    hover
      .locator(link)
      .first()
      .click({ timeout: patience(3000) }),
  );
  const lines = async () => (await shownLines(page)).map(({ text }) => text);
  await expect.poll(lines).not.toEqual(before);
  const status = async () => (await statusBar(page)).find((text) => text.includes("PPL")) ?? "";
  const isScoredAnew = (text: string) => !["", scored].includes(text) && !text.includes("edited");
  await expect.poll(status).toSatisfy(isScoredAnew);
  await page.keyboard.press("Escape");
  await openFile(workbench(), "story.md");
  await page.keyboard.press("Control+z");
  await expect.poll(lines).toEqual(before);
  await statusOf(page, "edited");
  await expect.poll(() => page.locator(".tab.dirty").count()).toBe(0);
});

test("both halves of a split editor show the heat map", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(() => statusOf(page, "PPL")).not.toContain("edited");
  await runCommand(workbench(), "View: Split Editor Right");
  const groups = page.locator(".editor-group-container");
  await expect.poll(() => groups.count()).toBe(2);
  for (const group of await groups.all()) {
    await expect.poll(() => group.locator(PAINTED).count()).toBeGreaterThan(10);
  }
  await keepScreenshot(workbench(), "split-editor");
  await runCommand(workbench(), "View: Close Editor");
  await expect.poll(() => groups.count()).toBe(1);
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(10);
});

test("a diff editor shows the heat map of the side that has the cursor", async () => {
  const { page } = workbench();
  await openFile(workbench(), "home.txt");
  await runCommand(workbench(), "File: Compare Active File With...");
  await pick(workbench(), "away.txt");
  const side = (name: string) => page.locator(`.monaco-diff-editor .editor.${name}`);
  await side("modified").locator(".view-line").first().click();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(() => side("modified").locator(PAINTED).count()).toBeGreaterThan(0);
  expect(await side("original").locator(PAINTED).count()).toBe(0);
  await side("original").locator(".view-line").first().click();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(() => side("original").locator(PAINTED).count()).toBeGreaterThan(0);
  expect(await side("modified").locator(PAINTED).count()).toBeGreaterThan(0);
  await keepScreenshot(workbench(), "diff-editor");
  await runCommand(workbench(), "View: Close Editor");
});

test("output is refused in words", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Show Log");
  await page.locator(".part.panel .view-line").first().click();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect
    .poll(() => notifications(page))
    .toContain(
      "Twinlens: Output changes by itself, and is not read. Copy the text into a new file.",
    );
  expect(await page.locator(`.part.panel ${PAINTED}`).count()).toBe(0);
  await runCommand(workbench(), "View: Hide Panel");
});

test("a notebook is refused in words, with its cell focused or not", async () => {
  const { page } = workbench();
  const refusals = async () =>
    (await notifications(page)).filter((text) =>
      text.startsWith("Twinlens: Notebooks are not read yet. Copy the cell's text"),
    ).length;
  await page.keyboard.press("Control+P");
  await pick(workbench(), "cells.ipynb");
  const cell = page.locator(".notebookOverlay .cell .monaco-editor .view-line").first();
  await cell.waitFor();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(refusals).toBe(1);
  await runCommand(workbench(), "Notifications: Clear All Notifications");
  await cell.click();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(refusals).toBe(2);
  await runCommand(workbench(), "Notifications: Clear All Notifications");
  await runCommand(workbench(), "Twinlens: Continue from Here");
  await expect.poll(refusals).toBe(3);
  expect(await page.locator(`.notebookOverlay ${PAINTED}`).count()).toBe(0);
});
