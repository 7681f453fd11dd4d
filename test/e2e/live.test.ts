import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { waitUntil } from "../support/waitUntil";
import { keepScreenshot, runCommand } from "../support/workbench";
import { codeLenses, putCursor } from "../support/workbenchEditor";
import { statusBar } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const workbench = useWorkbench(() => ({
  folder: folderWith({ "story.md": story }),
  openFile: "story.md",
  settings: { "twinlens.liveDelay": 50 },
  machineSettings: pairSettings,
}));

const toggle = () => runCommand(workbench(), "Twinlens: Turn Live Mode On or Off");
const items = () => statusBar(workbench().page);
const LIVE = "Twinlens live";

test("text is scored again while it is typed, as long as live mode is on", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const before = await statusOf(page, "PPL");
  await toggle();
  await expect.poll(items).toContain(LIVE);
  await putCursor(page, 3);
  await page.keyboard.type("Long, long ago, o");
  const isScoredAgain = async () =>
    (await items()).some((text) => /PPL.*%\)$/.test(text) && text !== before);
  await expect.poll(isScoredAgain).toBe(true);
  await keepScreenshot(workbench(), "live-mode");

  await toggle();
  await expect.poll(items).not.toContain(LIVE);
  await putCursor(page, 3);
  await page.keyboard.type("And so ");
  // The lens comes later than live mode would.
  await expect
    .poll(() => codeLenses(page))
    .toContainEqual(expect.stringContaining("changed since"));
  expect(await statusOf(page, "PPL")).toContain("(edited)");
});

test("it outlives a reload of the window", async () => {
  const { page } = workbench();
  await waitUntil("live mode is on after a reload", async () => {
    if (!(await items()).includes(LIVE)) await toggle();
    await expect.poll(items).toContain(LIVE);
    // The browser writes a window's state a moment later.
    await sleep(2000);
    await workbench().reload();
    await runCommand(workbench(), "Twinlens: Highlight Document");
    await statusOf(page, "PPL");
    return (await items()).includes(LIVE);
  });
});
