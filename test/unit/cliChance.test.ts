/** What the command line says of chance: of each prompt by itself, or of all together. */
import { describe, expect, it } from "vitest";
import { toAnalysedRun, toAnchorsJson, toAnchorsTable } from "../../src/cli/output/anchors";
import { toAnchorsPage } from "../../src/cli/output/anchorsPage";
import { chanceOfPrompts } from "../../src/cli/runs/chance";
import { alignRuns } from "../../src/jobs/runs/alignRuns";
import type { ChanceView, PromptAverages } from "../../src/protocol/anchorViews";
import { againstChance } from "../../src/report/againstChance";
import { type DrawnChance, toChanceView } from "../../src/report/chanceView";
import { importedSamples } from "../support/importedSamples";
import { localAnalyser, workOn } from "../support/analyser";
import { plantTexts } from "../support/plantedTexts";

const NEVER = new AbortController().signal;
const progress = { show: () => undefined, clear: () => undefined };

/** Runs of so many prompts with eight samples each, and what overlap is by chance in them. */
async function analysed(prompts: number) {
  const works = Array.from({ length: prompts }, (_, i) => {
    const samples = plantTexts({
      seed: i + 1,
      texts: 8,
      characters: 120,
      sentences: 2,
      keep: 0.95,
    }).texts;
    const prompt = `Prompt ${i}`;
    return workOn(importedSamples(prompt, samples));
  });
  await alignRuns(works, NEVER);
  const chance = await chanceOfPrompts(works, localAnalyser(), progress, NEVER);
  const runs = works.map(toAnalysedRun);
  const json = JSON.parse(toAnchorsJson(runs, chance)) as {
    prompts: {
      rlhf: {
        overlap: number[];
        alignedShare: number[];
        chance: ChanceView | null;
        anchors: { againstChance: string | null }[];
      };
    }[];
    averages: PromptAverages;
  };
  return { works, runs, chance, json, table: toAnchorsTable(runs, chance) };
}

const told = (page: string) => page.match(/"type":"chance"/gu)?.length ?? 0;
const percent = (share: number | null) => (100 * share!).toFixed(2);

describe("few prompts", async () => {
  const { works, runs, chance, json, table } = await analysed(2);

  it("have a chance level each, of their own sentences, which their runs keep", () => {
    expect(chance).toEqual({});
    works.forEach(({ run }, i) => {
      expect(run.rlhf!.chance?.kind).toBe("sentences");
      expect(json.prompts[i]!.rlhf.chance).toEqual(toChanceView(run.rlhf!.chance!));
    });
    expect(json.prompts[0]!.rlhf.alignedShare).toHaveLength(100);
    expect(told(toAnchorsPage(runs, "", chance))).toBe(2);
    for (const [i, { rlhf }] of json.prompts.entries()) {
      const { anchors, alignment } = runs[i]!.roles.rlhf!;
      expect(rlhf.anchors.map((anchor) => anchor.againstChance)).toEqual(
        anchors.anchors.map((anchor) => againstChance(anchor, alignment.overlap, rlhf.chance)),
      );
    }
    expect(table).toMatch(/column \d+ {2}(above|inside|below) chance/);
  });

  it("have their mean's beside the mean, at every draw that of both prompts", () => {
    const own = works.map(({ run }) => run.rlhf!.chance as DrawnChance);
    const level = json.averages.rlhf!.chance!;
    const mean = (of: DrawnChance, at: number) =>
      of.overlap.reduce((sum, curve) => sum + curve[at]!, 0) / of.overlap.length;
    expect(level.kind).toBe("sentences");
    expect(level.overlap.mean[40]).toBeCloseTo((mean(own[0]!, 40) + mean(own[1]!, 40)) / 2, 12);
    const { value, low, high } = level.overlap.all;
    expect(table).toContain(
      `mean overlap by chance ${percent(value)} % (95 %: ${percent(low)} to ${percent(high)}): sentences shuffled between samples, ${level.draws} draws`,
    );
    const { all } = json.averages.rlhf!.alignedShare!;
    expect(table).toContain(`aligned with at least 5 others ${percent(all.value)} %`);
  });
});

describe("half as many prompts as samples of each", async () => {
  const { works, runs, chance, json, table } = await analysed(4);

  it("leave their anchors' own chance unmeasured", () => {
    const said = json.prompts.flatMap(({ rlhf }) => rlhf.anchors.map((each) => each.againstChance));
    expect(new Set(said)).toEqual(new Set([null]));
    expect(table).not.toMatch(/(above|inside|below) chance/);
  });

  it("have one chance level together, of texts of different prompts", () => {
    expect(chance.rlhf?.kind).toBe("prompts");
    for (const { run } of works) expect(run.rlhf!.chance).toBeUndefined();
    expect(json.prompts.map(({ rlhf }) => rlhf.chance)).toEqual([null, null, null, null]);
    expect(json.averages.rlhf!.chance).toEqual(toChanceView(chance.rlhf!));
    expect(table).toContain(": texts of different prompts, 20 draws");
    const page = toAnchorsPage(runs, "", chance);
    expect(told(page)).toBe(0);
    expect(page).toContain('"kind":"prompts"');
  });
});

it("what is not looked for is not told", async () => {
  const { runs } = await analysed(2);
  const bare = runs.map(({ run, roles }) => {
    const rlhf = { ...run.rlhf! };
    delete rlhf.chance;
    return { run: { ...run, rlhf }, roles: { rlhf: { ...roles.rlhf!, chance: null } } };
  });
  expect(toAnchorsTable(bare)).not.toContain("chance");
  expect(toAnchorsTable(bare)).toContain("aligned with at least 5 others");
  expect(told(toAnchorsPage(bare, ""))).toBe(0);
});
