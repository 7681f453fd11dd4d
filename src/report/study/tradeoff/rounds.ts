/** What rounds of the trade-off in motion have changed: each document and each prompt against itself in round 0. */
import { SHARING_LENGTHS } from "../../../analysis/samples/ngrams";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { Tradeoff, TradeoffRound } from "../../../formats/study/tradeoff";
import type { Interval } from "../../../protocol/studyFigure";
import { overDocuments } from "../overDocuments";
import { meanOfCurve, overPrompts } from "../samples/overPrompts";
import { sharedBy } from "../samples/sharing";

/** Perplexity of a held-out corpus over what it was in round 0, less one; null: no token was scored. */
export function perplexityIncrease(
  { heldOut, rounds }: Tradeoff,
  corpus: number,
  { losses }: TradeoffRound,
): Interval | null {
  const { tokens } = heldOut[corpus]!;
  const [first] = rounds;
  const documents = tokens.map((count, i) => ({
    sum: losses[corpus]![i]! - first!.losses[corpus]![i]!,
    count,
  }));
  return overDocuments([documents], Math.expm1);
}

/** What is measured of the samples of each prompt. */
export interface AgentMeasure {
  readonly id: string;
  readonly label: string;
  readonly format: "number" | "percent";
  /** A prompt's value in a round; null: it has none. */
  readonly of: (round: TradeoffRound, prompt: number) => number | null;
}

const ownOf = ({ own }: TradeoffRound, prompt: number) => own.find((one) => one.prompt === prompt);

const ofSamples =
  (of: (row: PromptSamples) => number | null): AgentMeasure["of"] =>
  ({ samples }, prompt) => {
    const row = samples.find((one) => one.prompt === prompt);
    return row ? of(row) : null;
  };

export const TOP1: AgentMeasure = {
  id: "top1",
  label: "Top-1 probability on own text",
  format: "percent",
  of: (round, prompt) => ownOf(round, prompt)?.top1 ?? null,
};

export const AGENT_MEASURES: readonly AgentMeasure[] = [
  TOP1,
  {
    id: "sharing",
    label: "Samples that share a 10-gram",
    format: "percent",
    of: ofSamples(sharedBy(SHARING_LENGTHS.indexOf(10))),
  },
  {
    id: "anchored",
    label: "Samples in an anchor",
    format: "percent",
    of: ofSamples(({ anchorShare }) => meanOfCurve(anchorShare)),
  },
  {
    id: "score",
    label: "Score of a sample",
    format: "number",
    of: (round, prompt) => ownOf(round, prompt)?.score ?? null,
  },
  {
    id: "tokens",
    label: "Tokens of a sample",
    format: "number",
    of: (round, prompt) => {
      const own = ownOf(round, prompt);
      const row = round.samples.find((one) => one.prompt === prompt);
      return own && row && row.samples > 0 ? own.tokens / row.samples : null;
    },
  },
];

/** The mean over measured prompts in a round. */
export function meanIn(round: TradeoffRound, { of }: AgentMeasure): Interval | null {
  return overPrompts(round.samples, ({ prompt }) => of(round, prompt));
}

/** How it differs from round 0, over prompts that have a value in both. */
export function changeIn(
  { rounds }: Tradeoff,
  round: TradeoffRound,
  { of }: AgentMeasure,
): Interval | null {
  return overPrompts(round.samples, ({ prompt }) => {
    const [before, after] = [of(rounds[0]!, prompt), of(round, prompt)];
    return before === null || after === null ? null : after - before;
  });
}
