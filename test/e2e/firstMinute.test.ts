/** What somebody meets who has just installed Twinlens: the walkthrough, the sample and the recorded runs. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { waitUntil } from "../support/waitUntil";
import { keepScreenshot, pick, runCommand } from "../support/workbench";
import { statusBar, webview } from "../support/workbenchParts";
import { processIds } from "../support/workbenchProcesses";
import { pairSettings } from "./documents";

const workbench = useWorkbench(() => ({
  folder: folderWith({ "notes.txt": "" }),
  machineSettings: pairSettings,
}));

describe("a recorded run", () => {
  test("is there at once, and needs no model", async () => {
    await runCommand(workbench(), "Twinlens: Open a Recorded Run…");
    await pick(workbench(), "SmolLM2-135M-Instruct: vaccinations");
    const run = webview(workbench().page);
    await run.getByRole("heading", { name: "SmolLM2-135M-Instruct: vaccinations" }).waitFor();
    const text = await run.locator("header.head").innerText();
    expect(text).toContain("Licence: Apache-2.0.");
    expect(text).toContain("Base: this run has no samples of it.");
    await run
      .getByText(/38 of 64|59 %/)
      .first()
      .waitFor();
    expect(processIds(workbench(), "dist/engine.mjs")).toEqual([]);
    await keepScreenshot(workbench(), "recorded-run");
  });
});

describe("the walkthrough", () => {
  const step = (page: Page, name: string) =>
    page.locator(".getting-started-step", { hasText: name }).first();
  const isDone = (page: Page, name: string) =>
    step(page, name)
      .locator(".codicon-getting-started-step-checked, .codicon-pass-filled, .complete")
      .first()
      .isVisible();

  test("opens the sample, highlighted, beside itself", async () => {
    const { page } = workbench();
    await runCommand(workbench(), "Welcome: Open Walkthrough...");
    await pick(workbench(), "Get Started with Twinlens");
    await step(page, "See a Text as Two Models See It").click();
    expect(await isDone(page, "See a Text as Two Models See It")).toBe(false);
    await page.getByRole("button", { name: "Open the Sample and Highlight It" }).click();
    await expect.poll(() => statusBar(page)).toContainEqual(expect.stringContaining("PPL"));
    await page.locator(".tab", { hasText: "night-ferry.md" }).waitFor();
    await keepScreenshot(workbench(), "walkthrough");
  });

  test("ticks off what was seen", async () => {
    const { page } = workbench();
    await waitUntil("the first step is done", () =>
      isDone(page, "See a Text as Two Models See It"),
    );
    await step(page, "Read the Numbers").click();
    await page.getByRole("button", { name: "Open the Report" }).click();
    await page.locator(".tab", { hasText: "Report: night-ferry.md" }).waitFor();
    await waitUntil("the report is ticked off", () => isDone(page, "Read the Numbers"));
  });
});
