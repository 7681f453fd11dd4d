import { describe, expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { runCommand, searchCommands } from "../support/workbench";
import { sidebar, statusBar } from "../support/workbenchParts";
import { processIds } from "../support/workbenchProcesses";
import { pairSettings, story } from "./documents";

describe.each(["current", "oldest"] as const)("on the %s VS Code", (host) => {
  const workbench = useWorkbench(() => ({
    host,
    folder: folderWith({ "story.md": story }),
    openFile: "story.md",
    machineSettings: pairSettings,
  }));

  test("the palette lists the commands that make sense now", async () => {
    const titles = await searchCommands(workbench(), "Twinlens");
    expect(titles).toContain("Twinlens: Highlight Document");
    expect(titles).toContain("Twinlens: Choose Pair…");
    expect(titles).not.toContain("Twinlens: Cancel Scoring");
    expect(titles).not.toContain("Twinlens: Insert Alternative");
  });

  test("activation starts neither the language server nor the engine", async () => {
    await runCommand(workbench(), "Twinlens: Show Log");
    await expect.poll(() => statusBar(workbench().page)).toContain("test pair");
    expect(processIds(workbench(), "dist/server.mjs")).toEqual([]);
    expect(processIds(workbench(), "dist/engine.mjs")).toEqual([]);
  });

  test("the sidebar names the pair's models", async () => {
    const labels = async () =>
      (await sidebar(workbench().page, "Twinlens", "Models")).map(({ label }) => label);
    await expect.poll(labels).toContain("test pair");
    expect((await labels()).join("\n")).toMatch(
      /base: workbench-base.*\n(.*\n)*RLHF: workbench-rlhf/,
    );
  });
});
