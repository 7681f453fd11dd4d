import { join } from "node:path";
import { expect, test } from "vitest";
import { formatNumber } from "../../src/analysis/presentation/format";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, runCommand } from "../support/workbench";
import { webview } from "../support/workbenchParts";
import { pair, pairSettings, story } from "./documents";
import { scoreByCommandLine } from "./expected";
import { numbersIn, statusOf } from "./shown";

const folder = folderWith({ "story.md": story });
const workbench = useWorkbench(() => ({
  folder,
  openFile: "story.md",
  machineSettings: pairSettings,
}));

test("the report draws its charts and shows the command line's numbers", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  await runCommand(workbench(), "Twinlens: Open Document Report");
  const report = webview(page);
  await report.locator('body[data-drawn="1"]').waitFor();
  const canvases = report.locator("canvas");
  expect(await canvases.count()).toBe(5);
  for (const canvas of await canvases.all()) {
    const drawn = await canvas.evaluate((element: HTMLCanvasElement) => {
      const { width, height } = element;
      const { data } = element.getContext("2d")!.getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    // A blank canvas has one colour.
    expect(drawn).toBeGreaterThan(3);
  }
  await keepScreenshot(workbench(), "report");

  const { base, rlhf } = await scoreByCommandLine(join(folder, "story.md"), pair);
  const shown = numbersIn(await report.locator("main").innerText());
  for (const { tokens, bitsPerByte } of [base!, rlhf!]) {
    expect(shown).toContain(tokens);
    const isShown = shown.some((number) => Math.abs(number - bitsPerByte!) < 0.01);
    expect(isShown, `${formatNumber(bitsPerByte!, 3)} bits per byte`).toBe(true);
  }
});
