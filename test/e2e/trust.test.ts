import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { runCommand } from "../support/workbench";
import { notifications } from "../support/workbenchNotifications";
import { sidebar, statusBar } from "../support/workbenchParts";
import { processIds } from "../support/workbenchProcesses";
import { pair, pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const workbench = useWorkbench(() => {
  const folder = folderWith({ "story.md": story });
  // Real models: nothing but the lack of trust keeps them from being used.
  copyFileSync(pair.base, join(folder, "planted-base.gguf"));
  copyFileSync(pair.rlhf, join(folder, "planted-rlhf.gguf"));
  const planted = {
    name: "planted pair",
    base: join(folder, "planted-base.gguf"),
    rlhf: join(folder, "planted-rlhf.gguf"),
  };
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(
    join(folder, ".vscode/settings.json"),
    JSON.stringify({ "twinlens.pairs": [planted], "twinlens.pair": "planted pair" }),
  );
  const models = "{ name: planted, base: planted-base.gguf, rlhf: planted-rlhf.gguf }";
  writeFileSync(
    join(folder, "planted.twinlens-study.yaml"),
    `version: 1\npairs: [${models}]\ncorpora: [{ name: story, paths: story.md }]\n`,
  );
  return {
    folder,
    openFile: "story.md",
    workspaceTrust: true,
    settings: { "security.workspace.trust.startupPrompt": "never" },
    machineSettings: pairSettings,
  };
});

test("an untrusted folder chooses no model", async () => {
  const { page } = workbench();
  await expect.poll(() => statusBar(page)).toContain("Restricted Mode");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  expect(await statusOf(page, "PPL")).toMatch(/^test pair: /);
  const rows = async () => (await sidebar(page, "Twinlens", "Models")).map(({ label }) => label);
  await expect.poll(rows).toContain("test pair");
  expect((await rows()).join()).not.toContain("planted");
  await runCommand(workbench(), "Twinlens: Run Study");
  const refused = "A study names models and files to read: trust this folder first.";
  await expect.poll(async () => (await notifications(page)).join()).toContain(refused);
  const engines = processIds(workbench(), "dist/engine.mjs");
  expect(engines).toHaveLength(1);
  const [engine] = engines;
  const mapped = readFileSync(`/proc/${engine}/maps`, "utf8");
  expect(mapped).toContain(pair.base);
  expect(mapped).not.toContain("planted");
});
