/** What was found in samples, by writer and prompt. */
import { crossing, type NucleusDiversity } from "../../../analysis/samples/matchedNucleus";
import { mean } from "../../../analysis/statistics/mean";
import type { PromptSamples, Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";

/** Of every prompt that was measured, by its number. */
export function rowsOf({ samples }: ResultCell, writer: string): PromptSamples[] {
  return samples.filter((row) => row.writer === writer);
}

/** Whose samples are compared: at the study's own nuclei, or in the model's place. */
export function comparedWriter({ writers }: ResultCell, stage: string): Writer | null {
  return writers.find((writer) => writer.purpose === "compared" && writer.stage === stage) ?? null;
}

/**
 * How diverse samples are: the mean of the shares of different n-grams, n = 1 .. 4.
 * @returns null: all samples are too short
 */
export function diversityOf({ diversity }: PromptSamples): number | null {
  const known = diversity.filter((share) => share !== null);
  return known.length === 0 ? null : mean(known);
}

/** Who drew at some nucleus with nothing around the prompt, and with the seed of what is compared. */
export function plainWriters(cell: ResultCell): Writer[] {
  const compared = comparedWriter(cell, "rlhf") ?? comparedWriter(cell, "base");
  return cell.writers.filter(
    ({ topP, frame, seed, key }) =>
      topP !== null && frame === null && seed === compared?.seed && rowsOf(cell, key).length > 0,
  );
}

export interface Nuclei {
  /** The base model's, by growing nucleus, of the prompts that all have. */
  readonly base: readonly NucleusDiversity[];
  /** Of RLHF's samples that are compared, of the same prompts; null: there are none. */
  readonly wanted: readonly number[] | null;
}

/** What the search for equal diversity knows. */
export function nucleiOf(cell: ResultCell): Nuclei {
  const rlhf = comparedWriter(cell, "rlhf");
  const base = plainWriters(cell).filter(({ stage }) => stage === "base");
  const byPrompt = (writer: Writer) =>
    new Map(
      rowsOf(cell, writer.key).flatMap((row) => {
        const share = diversityOf(row);
        return share === null ? [] : [[row.prompt, share] as const];
      }),
    );
  const all = base.map((writer) => ({ topP: writer.topP!, shares: byPrompt(writer) }));
  const measured = all.filter(({ shares }) => shares.size > 0);
  const target = rlhf && byPrompt(rlhf);
  const prompts = [...(target?.keys() ?? [])].filter((prompt) =>
    measured.every(({ shares }) => shares.has(prompt)),
  );
  return {
    base: measured
      .map(({ topP, shares }) => ({
        topP,
        diversity: prompts.map((prompt) => shares.get(prompt)!),
      }))
      .toSorted((a, b) => a.topP - b.topP),
    wanted: target && prompts.length > 0 ? prompts.map((prompt) => target.get(prompt)!) : null,
  };
}

/** As near as the search comes to the nucleus that it looks for. */
const NEAR = 0.02;

/** Whether RLHF's diversity lies between those of the base model's nuclei, so that one of these has it. */
export function isMatched({ base, wanted }: Nuclei): boolean {
  const [first, last] = [base[0], base.at(-1)];
  if (wanted === null || !first || !last) return false;
  const target = mean(wanted);
  return mean(first.diversity) <= target && target <= mean(last.diversity);
}

/** The base model's writer at the nucleus at which it is as diverse as RLHF; null: none was drawn near there. */
export function matchedWriter(cell: ResultCell): Writer | null {
  const nuclei = nucleiOf(cell);
  if (!isMatched(nuclei)) return null;
  const topP = crossing(nuclei.base, nuclei.wanted!);
  const distance = (writer: Writer) => Math.abs(writer.topP! - topP);
  const [nearest] = plainWriters(cell)
    .filter(({ stage }) => stage === "base")
    .toSorted((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) <= NEAR ? nearest : null;
}
