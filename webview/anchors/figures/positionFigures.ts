/** Curves along the aligned position, 0 to 100 %, one for each model. */
import type { AgreementCurves } from "../../../src/analysis/samples/agreement";
import { MIN_OTHERS } from "../../../src/analysis/samples/alignedShare";
import { EXPLANATIONS } from "../../../src/analysis/presentation/quantities";
import type { ChanceView, MeanCurve } from "../../../src/protocol/anchorViews";
import type { Role } from "../../../src/protocol/roles";
import { ALIGNED_BY } from "../../../src/report/alignedBy";
import { CHANCE_NAMES, CHANCE_READINGS } from "../../../src/report/chanceView";
import type { Figure } from "../../charts/figure";
import type { Comparison } from "../comparison";
import { alignerNames } from "../state";
import { type Curve, positionFigure, type Words } from "./positionChart";

/** How samples agree: in pairs (paper Figures 1 and 13), and each with some others (Figure 1's caption). */
export const AGREEMENT: Readonly<Record<keyof AgreementCurves, Words>> = {
  overlap: {
    name: "overlap",
    title: "Overlap",
    explanation: EXPLANATIONS.overlap,
    caption: "Pairs of samples with the same character at the same place",
    unit: "% of pairs",
  },
  alignedShare: {
    name: "aligned-samples",
    title: "Aligned samples",
    explanation: EXPLANATIONS.alignedSamples,
    caption: `Samples whose character at least ${MIN_OTHERS} others have at the same place`,
    unit: "% of samples",
  },
};

export function overlapFigure(comparison: Comparison): Figure {
  return agreementFigure("overlap", comparison);
}

export function alignedFigure(comparison: Comparison): Figure {
  return agreementFigure("alignedShare", comparison);
}

/** A curve of agreement by each aligner, and beside it what it would be by chance. */
function agreementFigure(curve: keyof AgreementCurves, { roles, note }: Comparison): Figure {
  const words = AGREEMENT[curve];
  const byMafft = roles.some(({ found }) => found.mafft) ? ` and ${ALIGNED_BY.mafft}` : "";
  const [chance] = roles.flatMap((state) => state.chance ?? []);
  return positionFigure(
    {
      ...words,
      caption: `${words.caption}, aligned ${ALIGNED_BY.twinlens}${byMafft}.${chanceNote(chance)}${note}`,
    },
    roles.flatMap(({ role, found, chance: ofRole }) => [
      { role, values: percent(found.twinlens?.alignment?.[curve]) },
      ...(ofRole ? [chanceCurve(role, ofRole, curve)] : []),
      ...(found.mafft
        ? [{ role, by: alignerNames.mafft, values: percent(found.mafft.alignment?.[curve]) }]
        : []),
    ]),
  );
}

/** Says how the chance level came about, and how it is read; empty: there is none. */
export function chanceNote(chance: ChanceView | null | undefined): string {
  if (!chance) return "";
  const { kind, draws } = chance;
  return ` Dotted: chance, the mean of ${draws} draws of ${CHANCE_NAMES[kind]}; the band holds 95 % of them. ${CHANCE_READINGS[kind]}`;
}

export function chanceCurve(role: Role, chance: ChanceView, curve: keyof AgreementCurves): Curve {
  const { mean } = chance[curve];
  return { role, chance: chance.kind, values: percent(mean), ...bandIn(chance[curve]) };
}

/** A mean's band, per cent, where it has one. */
export function bandIn({ low, high }: MeanCurve): Pick<Curve, "band"> {
  return low && high ? { band: { low: percent(low), high: percent(high) } } : {};
}

/** Where anchors stand (paper Figure 14). */
export function anchorShareFigure({ roles, noteOfAll }: Comparison): Figure {
  return positionFigure(
    {
      name: "anchors-by-position",
      title: "Anchors by position",
      explanation: EXPLANATIONS.anchorsByPosition,
      caption: `Samples that are inside an anchor there, however many anchors there are.${noteOfAll}`,
      unit: "% of samples",
    },
    roles.map(({ role, anchors }) => ({ role, values: percent(anchors?.position) })),
  );
}

/** How certain a model is at anchors and between them. */
export function entropyFigure({ roles, noteOfAll }: Comparison): Figure {
  return positionFigure(
    {
      name: "entropy-by-position",
      title: "Entropy by position",
      explanation: EXPLANATIONS.entropy,
      caption: `Mean entropy of the tokens that begin at a place of the alignment, as they were drawn.${noteOfAll}`,
      unit: "bits",
    },
    roles.map(({ role, alignment }) => ({ role, values: alignment?.entropyBits ?? [] })),
  );
}

export function percent(shares: readonly number[] | null | undefined): readonly number[] {
  return shares?.map((share) => 100 * share) ?? [];
}
