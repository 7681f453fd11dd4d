import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ScoredText } from "../../src/formats/scoreDocument";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, pick, runCommand } from "../support/workbench";
import { codeLenses, hoverText, putCursor, shownLines } from "../support/workbenchEditor";
import { pair, pairSettings, story } from "./documents";
import { possibleColours, scoreByCommandLine } from "./expected";
import { numbersIn, shownColours, statusOf } from "./shown";

/** Share of a number that depends on the batch, which every engine measures for itself. */
const NEARLY = 0.002;

describe.each(["current", "oldest"] as const)("on the %s VS Code", (host) => {
  const folder = folderWith({ "story.md": story });
  const workbench = useWorkbench(() => ({
    host,
    folder,
    openFile: "story.md",
    machineSettings: pairSettings,
  }));
  let scored: ScoredText;

  beforeAll(async () => {
    scored = await scoreByCommandLine(join(folder, "story.md"), pair);
  });

  test("Highlight Document scores the text", async () => {
    await runCommand(workbench(), "Twinlens: Highlight Document");
    await statusOf(workbench().page, "PPL");
  });

  test.each([
    ["difference", "Difference"],
    ["base", "Base surprisal"],
    ["rlhf", "RLHF surprisal"],
    ["rank", "RLHF rank"],
    ["baseRank", "Base rank"],
  ] as const)("the colours of the %s view are those of the numbers", async (view, name) => {
    const { page } = workbench();
    await runCommand(workbench(), "Twinlens: Choose View…");
    await pick(workbench(), name);
    const possible = possibleColours(scored, view);
    const wrong = async () => {
      const shown = await shownColours(page, story);
      return shown.flatMap((colour, unit) =>
        story[unit] === "\n" || possible[unit]!.has(colour)
          ? []
          : [{ unit, text: story[unit], colour, possible: [...possible[unit]!] }],
      );
    };
    await expect.poll(wrong).toEqual([]);
    await keepScreenshot(workbench(), `${host}-${view}`);
    // The comparison says something: most units allow one colour, and several colours are seen. Ranks fall on whole
    // numbers beside the borders 1 and 10 more often than bits fall on theirs.
    const decided = possible.filter((colours) => colours.size === 1).length;
    expect(decided).toBeGreaterThan(story.length * (name.endsWith("rank") ? 0.7 : 0.9));
    expect(new Set(await shownColours(page, story)).size).toBeGreaterThan(2);
  });

  test("status bar and lens show the perplexities and the increase", async () => {
    const { page } = workbench();
    const { base, rlhf, comparison } = scored;
    const expected = [base!.perplexity!, rlhf!.perplexity!, comparison!.increasePercent!];
    const status = await statusOf(page, "PPL");
    expect(status).toMatch(/^test pair: PPL base [\d,.]+ · RLHF [\d,.]+ \([+−]\d+ %\)$/);
    expectNear(numbersIn(status), expected, 0.5);
    await expect.poll(() => codeLenses(page)).not.toEqual([]);
    expectNear(numbersIn((await codeLenses(page))[0]!).slice(0, 3), expected, 0.5);
  });

  test("the end of the cursor's line shows its bits under both models", async () => {
    const { page } = workbench();
    await putCursor(page, 3);
    await expect.poll(async () => (await shownLines(page))[2]?.hints.length).toBeGreaterThan(0);
    const line = (await shownLines(page))[2]!;
    const start = story.indexOf(line.text);
    const bits = (["base", "rlhf"] as const).map((role) => bitsIn(scored, role, start, line.text));
    expectNear(numbersIn(line.hints.join("")).slice(0, 2), bits, 0.5);
    expect((await shownLines(page)).filter(({ hints }) => hints.length > 0)).toHaveLength(1);
  });

  test("the hover of a token shows its numbers under both models", async () => {
    const { page } = workbench();
    const start = story.indexOf(" harbour") + 1;
    const column = start - story.indexOf("Once upon");
    const text = await hoverText(page, 3, column, "surprisal");
    for (const name of ["probability", "surprisal", "rank", "entropy"])
      expect(text).toContain(name);
    const surprisal = numbersIn(/surprisal(.*)/.exec(text)![1]!);
    const { base, rlhf } = scored;
    expectNear(
      surprisal,
      [base!, rlhf!].map(({ tokenList }) => tokenList.bits[tokenAt(tokenList, start)]!),
      0.02,
    );
  });
});

/** Each within `rounding` and the share that depends on the batch. */
function expectNear(shown: readonly number[], expected: readonly number[], rounding: number): void {
  expect(shown).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(shown[i]! - value)).toBeLessThanOrEqual(rounding + NEARLY * Math.abs(value));
  });
}

type TokenList = NonNullable<ScoredText["base"]>["tokenList"];

function tokenAt({ start, endExclusive }: TokenList, unit: number): number {
  return start.findIndex((from, token) => from <= unit && unit < endExclusive[token]!);
}

/** Bits of the tokens that begin in a line, its end included. */
function bitsIn(scored: ScoredText, role: "base" | "rlhf", from: number, line: string): number {
  const { start, bits } = scored[role]!.tokenList;
  const isInside = (unit: number) => from <= unit && unit <= from + line.length;
  return bits.reduce<number>((sum, value, i) => sum + (isInside(start[i]!) ? (value ?? 0) : 0), 0);
}
