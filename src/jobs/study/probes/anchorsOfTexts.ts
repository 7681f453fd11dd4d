/** Where anchors stand in what a model wrote after each prompt. */
import { countCodePoints } from "../../../analysis/text/codePoints";
import { DEFAULT_ANCHORS } from "../../../analysis/samples/anchors";
import { cancelled } from "../../../engine/errors";
import { NOT_SCORED, type RunSample } from "../../../formats/run";
import type { ProbedDraw } from "../../../formats/study/probes";
import type { AnchorStretch } from "../../inside/writtenTexts";
import type { ProbesPass } from "./probesWork";

/**
 * @param drawn one stage's texts
 * @returns `[text]`
 * @throws EngineError `Cancelled`
 */
export async function anchorsOfTexts(
  pass: Pick<ProbesPass, "analysers" | "signal">,
  drawn: readonly ProbedDraw[],
): Promise<AnchorStretch[][]> {
  const stretches: AnchorStretch[][] = drawn.map(() => []);
  const byBeginning = new Map<number, number[]>();
  drawn.forEach(({ beginning }, i) =>
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), i]),
  );
  const find = async (texts: readonly number[]) => {
    const samples = texts.map((i, index) => toSample(drawn[i]!, index));
    for (const { sample, ...stretch } of await anchorsIn(pass, samples)) {
      stretches[texts[sample]!]!.push(stretch);
    }
  };
  await Promise.all([...byBeginning.values()].map(find));
  return stretches;
}

async function anchorsIn(
  { analysers, signal }: Pick<ProbesPass, "analysers" | "signal">,
  samples: RunSample[],
): Promise<(AnchorStretch & { readonly sample: number })[]> {
  const run = { samples, alignment: null, ngrams: null };
  const view = await analysers.run(async (analyser) => {
    await analyser.analyse("rlhf", "twinlens", run, undefined, signal);
    return analyser.anchors("rlhf", "twinlens", DEFAULT_ANCHORS);
  });
  if (view === null) throw cancelled();
  return view.anchors.flatMap(({ text, occurrences }, anchor) =>
    occurrences.map(({ sample, start }) => ({
      sample,
      anchor,
      start,
      endExclusive: start + countCodePoints(text),
    })),
  );
}

function toSample({ text, ended }: ProbedDraw, index: number): RunSample {
  return { index, ended, text, tokens: null, scored: NOT_SCORED };
}
