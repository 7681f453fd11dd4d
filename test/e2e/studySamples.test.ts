import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { patience } from "../support/patience";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, runCommand } from "../support/workbench";
import { webview } from "../support/workbenchParts";
import { pairSettings } from "./documents";

const STUDY = `version: 1
prompts:
  - { name: Questions, path: prompts.txt }
samples: { samples: 8, tokens: 24, sweep: [], match: false }
`;

const workbench = useWorkbench(() => ({
  folder: folderWith({
    "asked.twinlens-study.yaml": STUDY,
    "prompts.txt": "How can I sleep well?\nWhat are good friends for?\n",
  }),
  openFile: "asked.twinlens-study.yaml",
  machineSettings: pairSettings,
}));

const panel = () => webview(workbench().page);

test("a study draws samples of prompts, and each prompt's run opens from its row", async () => {
  const { page, folder } = workbench();
  await runCommand(workbench(), "Twinlens: Run Study");
  await expect
    .poll(() => panel().locator(".progress").innerText(), { timeout: patience(60_000) })
    .toMatch(/1 of 1 cells? measured/u);
  const runs = join(folder, "asked.twinlens-runs");
  expect(existsSync(runs) && readdirSync(runs)).toHaveLength(2);
  const figure = panel().locator("section.figure[aria-label^='Anchors of every prompt']");
  await figure.locator("summary").click();
  await keepScreenshot(workbench(), "study-samples");
  await figure.getByRole("button", { name: "What are good friends for?" }).click();
  await page.locator(".tab.active", { hasText: "Anchors: asked" }).waitFor();
  await expect
    .poll(() => panel().locator("body").innerText(), { timeout: patience(10_000) })
    .toContain("What are good friends for?");
  await keepScreenshot(workbench(), "study-run");
});
