import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, pick } from "../support/workbench";
import { chooseFile } from "../support/workbenchDialogs";
import { notifications, pressNotification } from "../support/workbenchNotifications";
import { chooseInMenu, webview } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const adapter = join(mkdtempSync(join(tmpdir(), "twinlens-adapt-")), "tales.gguf");
const tales = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`${i}.txt`, `Tale ${i}. ${story.slice(20 * i)}`]),
);

const workbench = useWorkbench(() => {
  const folder = folderWith({ "story.md": story });
  cpSync(folderWith(tales), join(folder, "tales"), { recursive: true });
  return { folder, machineSettings: pairSettings };
});

test("a folder becomes an adapter, through the explorer's menu and an interruption", async () => {
  const { page } = workbench();
  await openFile(workbench(), "story.md");
  await page.keyboard.press("Control+Shift+E");
  const folder = page.locator(".explorer-folders-view .monaco-list-row", { hasText: "tales" });
  await chooseInMenu(page, folder, "Adapt to These Texts…");
  await page.getByText("To see whether what it lost").waitFor();
  await keepScreenshot(workbench(), "adapt-models");
  await pick(workbench(), "The base model");
  await page.getByText("recommended").waitFor();
  await pick(workbench(), "Short");
  await chooseFile(workbench(), adapter);
  await page
    .getByText(/Step \d+ of 50, loss/u)
    .first()
    .waitFor();
  await pressNotification(page, "Adapting", "Cancel");
  await page.getByText("What was trained is kept").first().waitFor();
  await pressNotification(page, "What was trained is kept", "Go On");
  const said = async () => (await notifications(page)).join("\n");
  await expect.poll(said).toMatch(/workbench-base is adapted .*held out.*perplexity/u);
  await keepScreenshot(workbench(), "adapt-done");
});

test("what it has learned is shown before and after, and the way back is open", async () => {
  const { page } = workbench();
  await pressNotification(page, "is adapted", "Show Before and After");
  await statusOf(page, "before and after tales: ");
  await statusOf(page, "PPL");
  await webview(page).getByText("workbench-base + tales.gguf").first().waitFor();
  await webview(page).getByText("Base is before, RLHF after").waitFor();
  await keepScreenshot(workbench(), "adapt-before-after");
  await pressNotification(page, "without tales.gguf and with it", "Back to test pair");
  await statusOf(page, "test pair: ");
});
