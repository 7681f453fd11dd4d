import { CHANCE_SEED } from "../../../analysis/samples/chance";
import { isMixable } from "../../../analysis/samples/textsOfPrompts";
import { cancelled } from "../../../engine/errors";
import type { ChanceLevel, Writer } from "../../../formats/study/drawnSamples";
import { type DrawnChance, meanChance, toChanceView } from "../../../report/chanceView";
import type { ChanceOf } from "../../runs/chance";
import type { Analysers } from "./analysers";
import { roleOf, withoutChance } from "./writers";
import { openRun, type SamplesPass } from "./samplesWork";

/**
 * Finds what overlap is by chance in the samples that are compared: from texts of different prompts where there are enough,
 * else from the sentences of each prompt's samples. Without a folder for runs their texts are gone.
 * @throws as of `measureSamples`
 */
export async function chanceOfRuns(pass: SamplesPass): Promise<void> {
  const { cell, runs, settings } = pass;
  if (runs.folder === null || !settings.chance) return;
  await pass.analysers.rest();
  for (const writer of withoutChance(cell)) {
    const texts = await textsOf(pass, writer);
    const level = await chanceOfTexts(pass.analysers, texts, pass.signal);
    cell.chance = { ...cell.chance, [writer.key]: level };
    pass.onDone();
  }
}

/**
 * @param prompts samples of one writer, `[prompt][sample]`
 * @returns null: there are too few prompts, and one has samples of too few sentences
 * @throws EngineError `Cancelled`
 */
export async function chanceOfTexts(
  analysers: Analysers,
  prompts: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<ChanceLevel> {
  const drawn = await chanceOf(analysers, prompts, signal);
  return drawn && (toChanceView(drawn) as ChanceLevel);
}

async function chanceOf(
  analysers: Analysers,
  prompts: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<DrawnChance | null> {
  const draw = async (of: ChanceOf): Promise<DrawnChance | null> => {
    const draws = await analysers.run((analyser) => analyser.chance(of, undefined, signal));
    if (signal.aborted) throw cancelled();
    return draws && { kind: of.kind, seed: CHANCE_SEED, ...draws };
  };
  if (isMixable(prompts)) return draw({ kind: "prompts", prompts });
  const own = await Promise.all(prompts.map((texts) => draw({ kind: "sentences", texts })));
  const found = own.filter((one) => one !== null);
  // A mean of some prompts is no level for all.
  return found.length < prompts.length || found.length === 0 ? null : meanChance(found);
}

/** `[prompt][sample]`. */
async function textsOf(pass: SamplesPass, writer: Writer): Promise<string[][]> {
  const texts: string[][] = [];
  for (const prompt of pass.prompts.keys()) {
    const { run } = await openRun(pass, prompt);
    texts.push(run[roleOf(writer)]?.samples.map((sample) => sample.text) ?? []);
  }
  return texts;
}
