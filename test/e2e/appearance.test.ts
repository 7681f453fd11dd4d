import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, pick, runCommand } from "../support/workbench";
import { paintedRanges } from "../support/workbenchEditor";
import { sidebar, webview } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";
import { shownColours, statusOf } from "./shown";

const workbench = useWorkbench(() => ({
  folder: folderWith({ "story.md": story }),
  openFile: "story.md",
  machineSettings: pairSettings,
}));

test("a document is highlighted", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  await expect.poll(() => sidebar(page, "Twinlens", "Document")).not.toEqual([]);
  // The title names the view that is on.
  const titles = page.locator(".sidebar .pane-header .description");
  await expect.poll(() => titles.allTextContents()).toContain("Difference");
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
});

test.each(["Light Modern", "Dark Modern", "Dark High Contrast", "Light High Contrast"])(
  "the colours of %s are the extension's own for it",
  async (theme) => {
    const { page } = workbench();
    const before = await shownColours(page, story);
    await runCommand(workbench(), "Preferences: Color Theme");
    await pick(workbench(), theme);
    await expect
      .poll(() => page.locator(".monaco-workbench").getAttribute("class"))
      .toMatch(theme.includes("High") ? /hc-(black|light)/ : /(^| )vs(-dark)?( |$)/);
    await expect.poll(() => shownColours(page, story)).toEqual(before);
    await keepScreenshot(workbench(), theme.toLowerCase().replaceAll(" ", "-"));
    await runCommand(workbench(), "Twinlens: Open Document Report");
    await webview(page).locator('body[data-drawn="1"]').waitFor();
    await keepScreenshot(workbench(), `report-${theme.toLowerCase().replaceAll(" ", "-")}`);
    await runCommand(workbench(), "View: Close Editor");
    await page.locator(".tab.active", { hasText: "story.md" }).waitFor();
  },
);
