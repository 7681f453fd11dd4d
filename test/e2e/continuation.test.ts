import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, runCommand } from "../support/workbench";
import { inHover, shownLines } from "../support/workbenchEditor";
import { webview } from "../support/workbenchParts";
import { isWritten } from "../support/workbenchStorage";
import { statusOf } from "./shown";

const story = `# <b>The</b> night ferry

Every evening at nine the ferry left the little harbour. The old man counted the lights and `;

// The pair that comes with Twinlens.
const workbench = useWorkbench(() => ({ folder: folderWith({ "story.md": story }) }));

const panel = () => webview(workbench().page);
const press = (key: string) => workbench().page.keyboard.press(key);
const texts = (role: string) =>
  panel()
    .locator(`.column.${role} .continuation`)
    .evaluateAll((all) => all.map((one) => one.firstElementChild!.textContent));
const button = (name: string | RegExp) => panel().getByRole("button", { name });
const rows = () => panel().getByRole("treeitem").allInnerTexts();
const documentText = async () =>
  (await shownLines(workbench().page)).map(({ text }) => text).join("\n");

test("both models go on with the text before the cursor, side by side", async () => {
  await openFile(workbench(), "story.md");
  await press("Control+End");
  await runCommand(workbench(), "Twinlens: Continue from Here");
  await expect.poll(async () => (await texts("base")).length).toBe(8);
  await expect.poll(async () => (await texts("rlhf")).length).toBe(8);
  expect(new Set([...(await texts("base")), ...(await texts("rlhf"))]).size).toBeGreaterThan(8);
  await button("Draw 8 More").waitFor();
  await keepScreenshot(workbench(), "continue");
});

test("one of them is put into the text, and one undo gives the text back", async () => {
  const [text] = await texts("rlhf");
  await button(/^RLHF 1: /u).click();
  await button("Insert RLHF 1").click();
  // The blank before the cursor is the one that the continuation begins with.
  expect(text).toMatch(/^ /u);
  await expect.poll(documentText).toBe(story + text!.slice(1));
  await keepScreenshot(workbench(), "continue-inserted");
  await workbench().page.locator(".monaco-editor .view-lines").first().click();
  await press("Control+Z");
  await expect.poll(documentText).toBe(story);
});

test("one is gone on with, and the tree outlives a reload of the window", async () => {
  await button("Continue After This: RLHF 1").click();
  await expect
    .poll(async () => (await rows()).filter((row) => row.includes("8 base, 8 RLHF")).length)
    .toBe(2);
  await expect
    .poll(() => isWritten(workbench().page, /(?:"kind":"continuation".*?){32}/u))
    .toBe(true);
  await workbench().reload();
  await expect.poll(async () => (await rows()).length).toBeGreaterThan(10);
  await keepScreenshot(workbench(), "continue-tree");
});

test("an alternative in a hover begins another try", async () => {
  const { page } = workbench();
  await page.locator(".monaco-editor .view-lines").first().click();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  const column = story.split("\n")[2]!.indexOf("harbour") + 1;
  const at = { line: 3, column, expected: "surprisal" };
  await inHover(page, at, async (hover) => {
    await keepScreenshot(workbench(), "continue-hover");
    await hover.getByRole("link", { name: "→" }).first().click({ timeout: 2000 });
  });
  await expect
    .poll(async () => (await rows()).some((row) => /8 base, 8 RLHF, from “/u.test(row)))
    .toBe(true);
  const given = await panel().locator(".column.base .continuation b").first().textContent();
  expect(given).not.toBe("");
  await keepScreenshot(workbench(), "continue-alternative");
});
