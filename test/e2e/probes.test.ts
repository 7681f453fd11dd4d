import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, openFile, pick, runCommand } from "../support/workbench";
import { hoverText } from "../support/workbenchEditor";
import { notifications } from "../support/workbenchNotifications";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

/** Tokens of the pair are letters: some 3,000 of them. */
const text = Array.from({ length: 50 }, () => `${story.slice(0, 60).replaceAll("\n", " ")}\n`).join(
  "",
);

const workbench = useWorkbench(() => ({
  folder: folderWith({ "text.txt": text }),
  machineSettings: pairSettings,
}));

test("a probe is trained on the document in front, and says what it has found", async () => {
  const { page } = workbench();
  await openFile(workbench(), "text.txt");
  await runCommand(workbench(), "Twinlens: Highlight Document");
  await statusOf(page, "PPL");
  await runCommand(workbench(), "Twinlens: Train Probe…");
  await keepScreenshot(workbench(), "probe-models");
  await pick(workbench(), "The RLHF model");
  await pick(workbench(), "text.txt");
  await page.getByText("recommended").waitFor();
  await keepScreenshot(workbench(), "probe-texts");
  await pick(workbench(), "The Texts as They Are");
  await expect
    .poll(() => notifications(page).then((all) => all.join("\n")))
    .toMatch(/The probe of .+ is trained: it reads layer \d+ of \d+\./u);
});

test("hovers then show what the layer already expects, until the probe is forgotten", async () => {
  const { page } = workbench();
  // The first hover need not wait for what its window is expected to be; the next one has it.
  await hoverText(page, 3, 20, "surprisal");
  const shown = await hoverText(page, 5, 20, "already expects");
  expect(shown).toMatch(
    /Layer \d+ of RLHF already expects .+ in 2 tokens, .+ in 3, .+ in 4 \(right in \d+ %/u,
  );
  expect(shown).not.toContain("of the base model already expects");
  await keepScreenshot(workbench(), "probe-hover");
  await runCommand(workbench(), "Twinlens: Forget Probe…");
  await page.getByText("tokens of text.txt").waitFor();
  await page.keyboard.press("Enter");
  expect(await hoverText(page, 5, 20, "surprisal")).not.toContain("already expects");
});
