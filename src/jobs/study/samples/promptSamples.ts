/** What a study keeps of one writer's samples of one prompt. */
import { DEFAULT_ANCHORS } from "../../../analysis/samples/anchors";
import { cancelled } from "../../../engine/errors";
import type { RunSide } from "../../../formats/run";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import type { AlignmentView, AnchorsView } from "../../../protocol/anchorViews";
import type { Role } from "../../../protocol/roles";
import type { RunAnalyser } from "../../runs/workerClient";

/** Samples of one side, aligned, and their anchors without bits. */
export interface AnalysedSide {
  readonly side: RunSide;
  readonly alignment: AlignmentView;
  readonly anchors: AnchorsView;
}

/** @throws EngineError `Cancelled` */
export async function analyseSide(
  analyser: RunAnalyser,
  role: Role,
  side: RunSide,
  signal: AbortSignal,
): Promise<AnalysedSide> {
  const alignment = await analyser.analyse(role, "twinlens", side, undefined, signal);
  const anchors = alignment && (await analyser.anchors(role, "twinlens", DEFAULT_ANCHORS));
  if (alignment === null || anchors === null) throw cancelled();
  return { side, alignment, anchors };
}

/**
 * @param compared what overlap and n-grams are taken of: of as many samples as the other writer has
 * @param isScored the anchors have the bits that they will have
 */
export function toPromptSamples(
  writer: string,
  prompt: number,
  { side, anchors }: Pick<AnalysedSide, "side" | "anchors">,
  compared: { readonly samples: number; readonly alignment: AlignmentView },
  isScored: boolean,
): PromptSamples {
  const { overlap, alignedShare, entropyBits, ngrams } = compared.alignment;
  return {
    writer,
    prompt,
    samples: side.samples.length,
    compared: compared.samples,
    unit: ngrams.unit,
    diversity: [...ngrams.diversity],
    sharing: ngrams.shared.map(({ samples }) => samples),
    tenGrams: [...ngrams.tenGrams],
    overlap: rounded(overlap),
    alignedShare: rounded(alignedShare),
    anchorShare: rounded(anchors.position),
    entropyBits: entropyBits && entropyBits.map((bits) => bits && shortNumber(bits)),
    anchors: anchorsOf(anchors),
    isScored,
  };
}

export function anchorsOf({ anchors }: AnchorsView): PromptSamples["anchors"] {
  return anchors.map(({ text, share, middle, bits }) => ({ text, share, middle, bits }));
}

function rounded(curve: readonly number[] | null): number[] | null {
  return curve && curve.map(shortNumber);
}

/** Curves are hundreds of numbers for each prompt. */
function shortNumber(value: number): number {
  return Number(value.toPrecision(5));
}
