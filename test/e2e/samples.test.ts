import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { patience } from "../support/patience";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, pick, runCommand } from "../support/workbench";
import { chooseFile } from "../support/workbenchDialogs";
import { chooseInMenu, sidebar, webview } from "../support/workbenchParts";
import { pairSettings } from "./documents";

const folder = mkdtempSync(join(tmpdir(), "twinlens-samples-"));
const file = join(folder, "stages.jsonl");
const PROMPTS = ["Why is the sky blue?", "How do I bake bread?", "Tell me a story."];
const STAGES = ["base", "sft", "rlhf"];
const text = (stage: string, prompt: number, sample: number) =>
  `${stage} has this to say of question ${prompt}, again and again, and here is number ${sample}.`;
writeFileSync(
  file,
  PROMPTS.flatMap((prompt, i) =>
    STAGES.map((stage) =>
      JSON.stringify({ prompt, stage, samples: [1, 2, 3].map((n) => text(stage, i, n)) }),
    ),
  ).join("\n"),
);

const workbench = useWorkbench(() => ({
  folder: folderWith({ "notes.txt": "Nothing to see." }),
  openFile: "notes.txt",
  machineSettings: pairSettings,
}));

const rows = async () =>
  (await sidebar(workbench().page, "Twinlens", "Runs")).map(({ label }) => label);
const row = (label: string) =>
  workbench().page.locator(".sidebar .pane .monaco-list-row", { hasText: label });
const panel = () => webview(workbench().page);
const title = (text: string) =>
  workbench().page.locator(".quick-input-title", { hasText: text }).waitFor();

test("a file of many prompts and stages becomes a set of runs, each stage in its place", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Import Samples…");
  await chooseFile(workbench(), file);
  await title("Import Samples: Which Stand for the Base Model?");
  await keepScreenshot(workbench(), "samples-stages");
  await pick(workbench(), "base");
  await title("Import Samples: Which Stand for the RLHF Model?");
  await pick(workbench(), "sft");
  await title("Import Samples: Which of 3 Prompts?");
  await keepScreenshot(workbench(), "samples-prompts");
  await page.keyboard.press("Enter");
  await panel()
    .locator('body[data-drawn="1"]')
    .waitFor({ timeout: patience(60_000) });
  const shown = await panel().locator("main").innerText();
  expect(shown).toContain("Base: base, from stages.jsonl");
  expect(shown).toContain("RLHF: sft, from stages.jsonl");
  await expect.poll(rows).toEqual(["stages.jsonl"]);
  await row("stages.jsonl").click();
  await expect.poll(rows).toEqual(["stages.jsonl", ...PROMPTS]);
  await keepScreenshot(workbench(), "samples-set");
});

test("the set's samples are exported as JSON lines, which can be imported again", async () => {
  const target = join(folder, "set.jsonl");
  await chooseInMenu(workbench().page, row("stages.jsonl"), "Export Run…");
  await chooseFile(workbench(), target);
  await expect
    .poll(() => readFileSync(target, "utf8").trimEnd().split("\n").length)
    .toBe(2 * PROMPTS.length);
  const [first] = readFileSync(target, "utf8").split("\n");
  expect(JSON.parse(first!)).toEqual({
    prompt: PROMPTS[0],
    role: "base",
    samples: [1, 2, 3].map((n) => text("base", 0, n)),
  });
});

test("the other model's samples are added to a run that lacks them", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Import Samples…");
  await chooseFile(workbench(), file);
  await pick(workbench(), "base");
  await pick(workbench(), "None");
  await title("Import Samples: Which of 3 Prompts?");
  // All are chosen at first.
  for (const other of PROMPTS.slice(0, 2)) {
    await page.locator(".quick-input-list .monaco-list-row", { hasText: other }).click();
  }
  await page.keyboard.press("Enter");
  await expect.poll(rows).toContain(PROMPTS[2]);
  // A panel that is still being opened takes the focus, and closes a list that waits for a choice.
  await panel().getByRole("heading", { name: PROMPTS[2]! }).waitFor();
  await panel().locator("body[data-drawn]").waitFor();
  await row("stages.jsonl").click();
  await expect.poll(rows).toEqual([PROMPTS[2], "stages.jsonl"]);
  await chooseInMenu(page, row(PROMPTS[2]!), "Add the Other Model's Samples…");
  await chooseFile(workbench(), file);
  await pick(workbench(), "rlhf");
  await expect
    .poll(() => panel().locator("main").innerText(), { timeout: patience(60_000) })
    .toContain("RLHF: rlhf, from stages.jsonl");
  await keepScreenshot(workbench(), "samples-added");
});
