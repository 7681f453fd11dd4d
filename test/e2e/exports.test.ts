import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { runCommand } from "../support/workbench";
import { chooseFile } from "../support/workbenchDialogs";
import { notifications } from "../support/workbenchNotifications";
import { webview } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

/** A file on a full disk, where a system has one. */
const FULL = "/dev/full";

const workbench = useWorkbench(() => ({
  folder: folderWith({ "story.md": story }),
  openFile: "story.md",
  machineSettings: pairSettings,
}));

const inFolder = (name: string) => join(workbench().folder, name);
const told = async () => (await notifications(workbench().page)).join("\n");

describe.skipIf(!existsSync(FULL))("on a full disk (/dev/full)", () => {
  test("a document is highlighted", async () => {
    await runCommand(workbench(), "Twinlens: Highlight Document");
    expect(await statusOf(workbench().page, "PPL")).toContain("test pair");
  });

  /** Asks for an export twice: onto a full disk, where it must say so, and into a new file. */
  async function exportTwice(ask: () => Promise<void>, extension: string): Promise<Buffer> {
    const { page } = workbench();
    symlinkSync(FULL, inFolder(`full.${extension}`));
    await ask();
    await chooseFile(workbench(), inFolder(`full.${extension}`));
    await expect.poll(told).toMatch(/ENOSPC|no space left/i);
    expect(await told()).not.toContain("Saved");
    await page.evaluate(() => void (window.shownNotifications = []));
    await runCommand(workbench(), "Notifications: Clear All Notifications");
    await ask();
    await chooseFile(workbench(), inFolder(`next.${extension}`));
    await expect.poll(() => existsSync(inFolder(`next.${extension}`))).toBe(true);
    await expect.poll(() => readFileSync(inFolder(`next.${extension}`)).length).toBeGreaterThan(0);
    await page.evaluate(() => void (window.shownNotifications = []));
    await runCommand(workbench(), "Notifications: Clear All Notifications");
    return readFileSync(inFolder(`next.${extension}`));
  }

  test.each([
    ["CSV", "csv"],
    ["JSON", "json"],
  ])(
    "scores as %s say so, the document stays, and the next export works",
    async (name, extension) => {
      const ask = () => runCommand(workbench(), `Twinlens: Export Scores as ${name}…`);
      const text = (await exportTwice(ask, extension)).toString();
      expect(text).toContain("story.md");
      expect(readFileSync(inFolder("story.md"), "utf8")).toBe(story);
      expect(await workbench().page.locator(".tab.dirty").count()).toBe(0);
    },
  );

  test.each([
    ["PNG", "png", "\x89PNG"],
    ["SVG", "svg", "<svg"],
  ])("a chart as %s says so, and the next export works", async (name, extension, beginning) => {
    await runCommand(workbench(), "Twinlens: Open Document Report");
    const report = webview(workbench().page);
    await report.locator('body[data-drawn="1"]').waitFor();
    const ask = () =>
      report
        .getByRole("button", { name: `Save ${name}` })
        .first()
        .click();
    const picture = await exportTwice(ask, extension);
    expect(picture.toString("latin1").startsWith(beginning)).toBe(true);
    await runCommand(workbench(), "View: Close Editor");
  });
});
