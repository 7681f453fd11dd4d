import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { openFile, runCommand } from "../support/workbench";
import { webview } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

// A window whose address names no file: such a one restores its editors.
const workbench = useWorkbench(() => ({
  folder: folderWith({
    "story.md": story,
    "all.twinlens-study.yaml": "version: 1\ncorpora: [{ name: story, paths: story.md }]\n",
  }),
  machineSettings: pairSettings,
}));

test("a report comes back after a reload, and fills again with its document's highlights; so does a study", async () => {
  const { page } = workbench();
  const report = webview(page);
  const highlight = async () => {
    await page.locator('.tab[aria-label^="story.md"]').first().click();
    await runCommand(workbench(), "Twinlens: Highlight Document");
    await statusOf(page, "PPL");
  };
  await openFile(workbench(), "story.md");
  await highlight();
  await runCommand(workbench(), "Twinlens: Open Document Report");
  await report.locator('body[data-drawn="1"]').waitFor();
  await runCommand(workbench(), "Twinlens: Open Study Results");
  const study = page.locator(".tab", { hasText: "Study: all" });
  await report.getByText("0 of 4 cells measured").waitFor();
  // VS Code in a browser notes what is open once a minute.
  const tab = page.locator(".tab", { hasText: "Report: story.md" });
  await tab.waitFor();
  await page.waitForTimeout(70_000);
  await workbench().reload();
  await study.click();
  await report.getByText("0 of 4 cells measured").waitFor();
  await study.click({ button: "middle" });
  await tab.click();
  await report.getByText("This document is not highlighted").waitFor();
  await highlight();
  await report.locator('body[data-drawn="1"]').waitFor();
  expect(await tab.count()).toBe(1);
});
