/** Who draws samples in a study, and how. */
import { nextNucleus } from "../../../analysis/samples/matchedNucleus";
import type { Writer } from "../../../formats/study/drawnSamples";
import type { Pair, SampleSettings, Study } from "../../../formats/study/study";
import type { ResultCell } from "../../../formats/study/studyResult";
import { type Role, ROLES } from "../../../protocol/roles";
import { nucleiOf } from "../../../report/study/samples/sampleRows";

/** In whose place a stage draws, and so in which form it gets prompts. */
export function roleOf({ stage }: Pick<Writer, "stage">): Role {
  return stage === "base" ? "base" : "rlhf";
}

/**
 * All that draw, but for the search: first what is compared, then each nucleus of the sweep, then controls.
 * @param seed that of the study
 */
export function writersOf({ stages }: Pair, settings: SampleSettings, seed: number): Writer[] {
  const { topP, sweep, seeds, frames, tokens: maxTokens } = settings;
  const both = (purpose: Writer["purpose"], nucleus: (role: Role) => number, own = seed) =>
    ROLES.map((role) =>
      writer({ stage: role, purpose, topP: nucleus(role), seed: own, maxTokens }, seed),
    );
  const others = stages.map(({ name }) => name).filter((name) => !ROLES.some((r) => r === name));
  const all = [
    ...both("compared", (role) => topP[role]),
    ...sweep.flatMap((nucleus) => both("sweep", () => nucleus)),
    ...Object.entries(frames).map(([name, text]) =>
      writer(
        {
          stage: "base",
          purpose: "frame",
          topP: topP.base,
          seed,
          maxTokens,
          frame: { name, text },
        },
        seed,
      ),
    ),
    ...others.map((stage) =>
      writer({ stage, purpose: "stage", topP: topP.rlhf, seed, maxTokens }, seed),
    ),
    ...seeds.flatMap((other) => both("seed", (role) => topP[role], other)),
  ];
  // The nuclei that are compared belong to the sweep as well.
  const keys = new Set<string>();
  return all.filter(({ key }) => !keys.has(key) && keys.add(key));
}

/** Whose samples are compared, and were not held against chance yet. */
export function withoutChance({ writers, chance }: ResultCell): Writer[] {
  return writers.filter(({ purpose, key }) => purpose === "compared" && !(key in chance));
}

/** Whether a cell that was complete is so for what the study says now. */
export function lacksNothing(
  cell: ResultCell,
  pair: Pair,
  { samples, seed }: Pick<Study, "samples" | "seed">,
): boolean {
  const has = (writer: Writer) => cell.writers.some((known) => standsFor(known, writer));
  if (!writersOf(pair, samples, seed).every(has)) return false;
  const { base, wanted } = nucleiOf(cell);
  return !samples.match || wanted === null || nextNucleus(base, wanted) === null;
}

/** Whether what was drawn is what a writer would draw. Only samples that are compared are kept as runs. */
export function standsFor(known: Writer, writer: Writer): boolean {
  const isKept = writer.purpose !== "compared" || known.purpose === "compared";
  return isKept && known.key === writer.key && known.frame?.text === writer.frame?.text;
}

/** The base model at a nucleus that the search tries. */
export function searchWriter(
  topP: number,
  { tokens: maxTokens }: SampleSettings,
  seed: number,
): Writer {
  return writer({ stage: "base", purpose: "search", topP, seed, maxTokens }, seed);
}

function writer(
  { frame = null, ...of }: Omit<Writer, "key" | "frame"> & { readonly frame?: Writer["frame"] },
  usual: number,
): Writer {
  const { stage, topP, seed } = of;
  const words = [
    stage,
    `p ${topP}`,
    ...(frame === null ? [] : [`in ${frame.name}`]),
    ...(seed === usual ? [] : [`seed ${seed}`]),
  ];
  return { key: words.join(", "), ...of, frame };
}
