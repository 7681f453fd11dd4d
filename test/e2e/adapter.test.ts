import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeAdapter } from "../support/adapters";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, pick, runCommand } from "../support/workbench";
import { chooseFile } from "../support/workbenchDialogs";
import { sidebar } from "../support/workbenchParts";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const adapter = join(mkdtempSync(join(tmpdir(), "twinlens-adapter-")), "prose.gguf");
writeAdapter(adapter, {
  rank: 4,
  alpha: 8,
  seed: 3,
  weights: { "blk.0.attn_v.weight": [64, 32], "blk.1.ffn_down.weight": [128, 64] },
  spread: 0.5,
});

const workbench = useWorkbench(() => ({
  folder: folderWith({ "story.md": story }),
  machineSettings: pairSettings,
}));

test("an adapter is chosen, changes what is shown, and is taken away again", async () => {
  const { page } = workbench();
  await openFile(workbench(), "story.md");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const before = await statusOf(page, "PPL");
  await runCommand(workbench(), "Twinlens: Choose Adapter…");
  await keepScreenshot(workbench(), "adapter-models");
  await pick(workbench(), "The RLHF model");
  await chooseFile(workbench(), adapter);
  await expect.poll(() => statusOf(page, "PPL")).not.toBe(before);
  await runCommand(workbench(), "Twinlens: Highlight Document");
  const rows = async () =>
    (await sidebar(page, "Twinlens", "Models")).map((row) => Object.values(row).join(" "));
  await expect.poll(rows).toContainEqual(expect.stringContaining("prose.gguf"));
  await keepScreenshot(workbench(), "adapter-chosen");
  await runCommand(workbench(), "Twinlens: Choose Adapter…");
  await pick(workbench(), "The RLHF model");
  await pick(workbench(), "No adapter");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await expect.poll(() => statusOf(page, "PPL")).toBe(before);
});
