import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { runCommand } from "../support/workbench";
import { notifications } from "../support/workbenchNotifications";
import { sidebar, statusBar } from "../support/workbenchParts";
import { internetSockets, processIds } from "../support/workbenchProcesses";
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
  const entry = {
    family: "Planted",
    size: "1M",
    quantisation: "F32",
    bytes: 1000,
    licence: "none",
  };
  const entries = ["base", "dpo"].map((stage) => {
    const source = `http://127.0.0.1:9/planted-${stage}.gguf`;
    return { ...entry, stage, name: `planted-${stage}`, source };
  });
  writeFileSync(join(folder, "catalog.json"), JSON.stringify({ version: 1, models: entries }));
  writeFileSync(
    join(folder, ".vscode/settings.json"),
    JSON.stringify({
      "twinlens.pairs": [planted],
      "twinlens.pair": "planted pair",
      "twinlens.catalogs": [join(folder, "catalog.json")],
      "twinlens.modelFolder": join(folder, "planted-models"),
    }),
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

test("an untrusted folder offers no models, and nothing is asked of the network before the user agrees", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Get a Pair of Models…");
  const offered = page.locator(".quick-input-list .monaco-list-row");
  await offered.first().waitFor();
  await page.locator(".quick-input-widget input.input").fill("Planted");
  await expect.poll(() => offered.filter({ hasText: "Planted" }).count()).toBe(0);
  await page.locator(".quick-input-widget input.input").fill("SmolLM2 135M");
  await offered.first().waitFor();
  await page.keyboard.press("Enter");
  const dialog = page.locator(".monaco-dialog-box");
  await dialog.waitFor();
  expect(await dialog.innerText()).not.toContain("planted");
  const processes = ["dist/server.mjs", "dist/engine.mjs"].flatMap((script) =>
    processIds(workbench(), script),
  );
  expect(processes.length).toBeGreaterThan(1);
  expect(processes.flatMap(internetSockets)).toEqual([]);
  await dialog.getByText("Cancel", { exact: true }).click();
});
