/** What the trade-off in motion reads besides a set of prompts and a pair. */
import type { Study } from "../../../formats/study/study";
import { type ChosenModel, withoutAdapter } from "../../../protocol/modelIdentity";
import type { SurveyedCorpus } from "../survey";

export interface TradeoffSources {
  /** SHA-256 of the model that judges; null: none does. */
  readonly judge: string | null;
  /** What was read of the corpora that are held out, by a digest each. */
  readonly heldOut: readonly string[];
}

/** null: not all of it can be read. */
export async function tradeoffSources(
  study: Study,
  corpora: readonly SurveyedCorpus[],
  digest: (model: ChosenModel) => Promise<string>,
): Promise<TradeoffSources | null> {
  const heldOut = heldOutIn(corpora);
  if (heldOut.length < study.corpora.filter(({ isHeldOut }) => isHeldOut).length) return null;
  const { judge } = study.tradeoff;
  const sha256 = judge && (await digest(withoutAdapter(judge.model)).catch(() => null));
  if (judge !== null && sha256 === null) return null;
  return { judge: sha256, heldOut: heldOut.map(({ read }) => read.sha256) };
}

export function heldOutIn(corpora: readonly SurveyedCorpus[]): SurveyedCorpus[] {
  return corpora.filter(({ corpus }) => corpus.isHeldOut);
}

/** What a cell's numbers depend on; further rounds change none of those before. */
export function tradeoffDependence(
  { corpora, tradeoff, seed }: Study,
  sources: TradeoffSources | null,
): object {
  const { judge, ...settings } = tradeoff;
  const heldOut = corpora.filter(({ isHeldOut }) => isHeldOut).map(({ name }) => name);
  return {
    ...{ ...settings, rounds: null },
    question: judge && judge.question,
    heldOut,
    sources,
    seed,
  };
}
