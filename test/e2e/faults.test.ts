import { mkdtempSync, rmSync, copyFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { openFile, pick, runCommand } from "../support/workbench";
import { inHover, paintedRanges, shownLines } from "../support/workbenchEditor";
import { notifications } from "../support/workbenchNotifications";
import { pair, pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const models = mkdtempSync(join(tmpdir(), "twinlens-models-"));
const textNamedGguf = join(models, "text.gguf");
const vanished = join(models, "vanished.gguf");
writeFileSync(textNamedGguf, "This is no model.\n".repeat(100));
copyFileSync(pair.base, vanished);
rmSync(vanished);

const workbench = useWorkbench(() => ({
  folder: folderWith({
    "story.md": story,
    "empty.txt": "",
    "hostile.txt": hostileText(),
    "huge.txt": `${story}\n`.repeat(10_000),
  }),
  openFile: "story.md",
  machineSettings: {
    ...pairSettings,
    "twinlens.pairs": [
      ...pairSettings["twinlens.pairs"],
      { name: "no model", base: textNamedGguf, rlhf: pair.rlhf },
      { name: "vanished model", base: vanished, rlhf: pair.rlhf },
    ],
  },
}));

test.each([
  ["no model", /text\.gguf/],
  ["vanished model", /vanished\.gguf/],
])("a pair with %s is refused by name, and another one works", async (name, message) => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Choose Pair…");
  await pick(workbench(), name);
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(async () => (await notifications(page)).join("\n")).toMatch(message);
  await page.keyboard.press("Escape");
  await runCommand(workbench(), "Notifications: Clear All Notifications");
  await runCommand(workbench(), "Twinlens: Choose Pair…");
  await pick(workbench(), "test pair");
  // Numbers of the pair before say whose they are, with its name.
  await expect.poll(() => statusOf(page, "test pair")).toMatch(/^test pair/);
  await runCommand(workbench(), "Twinlens: Highlight Document");
  expect(await statusOf(page, "PPL")).toMatch(/^test pair: /);
});

test("an empty document is refused in words", async () => {
  const { page } = workbench();
  await openFile(workbench(), "empty.txt");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect
    .poll(() => notifications(page))
    .toContain("Twinlens: There is no text in this document yet.");
});

test("text that looks like markup, commands and icons stays text", async () => {
  const { page } = workbench();
  await openFile(workbench(), "hostile.txt");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
  const read = async (hover: Locator) => ({
    foreignElements: await hover.locator("img, script, iframe").count(),
    links: await hover
      .locator("a[data-href]")
      .evaluateAll((all) => all.map((link) => link.getAttribute("data-href") ?? "")),
  });
  const at = { line: 1, column: 3, expected: "surprisal" };
  const { foreignElements, links } = await inHover(page, at, read);
  expect(foreignElements).toBe(0);
  expect(links).not.toEqual([]);
  const own = /^command:twinlens\.(?:insertAlternative|continueFromHere)\?/u;
  const foreign = links.filter((link) => !own.test(link));
  expect(foreign).toEqual([]);
});

test("five megabytes: what is on screen comes first, and a cancel ends it", async () => {
  const { page } = workbench();
  await openFile(workbench(), "huge.txt");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const dialog = page.locator(".monaco-dialog-box");
  const underWay = page.locator(".statusbar-item", { hasText: "Scoring" });
  await dialog.or(underWay).first().waitFor();
  if (await dialog.isVisible()) await dialog.getByText("Score Everything").click();
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
  await runCommand(workbench(), "Twinlens: Cancel Scoring");
  await statusOf(page, "partial");
  expect((await shownLines(page))[0]!.text).toBe("# The night ferry");
});

/** Control-token look-alikes, Markdown, HTML, icons, right-to-left marks and control characters. */
function hostileText(): string {
  return [
    "<img src=x onerror=alert(1)> [click](command:workbench.action.quit) $(alert) <|user|> </s>",
    "| a | `b` | ![x](https://example.com/x.png) \u202egnirts\u202c \u0007\u001b[31mred",
    "\u{1F600}".repeat(30),
  ].join("\n");
}
