import { formatBytes } from "../../analysis/presentation/format";
import type { Fit, ModelStage, OfferedModel, OfferedPair } from "../../protocol/modelFiles";

const FIT_TEXTS: Readonly<Record<Fit, string>> = {
  together: "fits",
  inTurns: "fits one after the other",
  tooLarge: "too large for this machine's memory",
};

/** The same before a download. */
export const FIT_NOTES: Readonly<Record<Fit, string>> = {
  together: "Memory: holds both models at once.",
  inTurns: "Memory: holds one model at a time, so that they take turns and each text takes longer.",
  tooLarge: "Memory: too small for either model, which will probably not load.",
};

export const STAGE_NAMES: Readonly<Record<ModelStage, string>> = {
  base: "base",
  sft: "SFT",
  dpo: "DPO",
  rlhf: "RLHF",
};

/** `OLMo-2 7B, DPO, Q4_K_M` */
export function pairTitle({ base, rlhf }: OfferedPair): string {
  return `${base.family} ${base.size}, ${STAGE_NAMES[rlhf.stage]}, ${base.quantisation}`;
}

/** `fits · 8.9 GB · Apache-2.0` */
export function pairEssentials({ base, rlhf, fit }: OfferedPair): string {
  return [FIT_TEXTS[fit], sizeText([base, rlhf]), licenceText([base, rlhf])].join(" · ");
}

/** `base · 4.5 GB · Apache-2.0` */
export function modelEssentials(model: OfferedModel): string {
  return [STAGE_NAMES[model.stage], sizeText([model]), licenceText([model])].join(" · ");
}

/** What is to be fetched; what lies here already says so. */
function sizeText(models: readonly OfferedModel[]): string {
  const missing = models.filter(({ path }) => path === null);
  if (missing.length === 0) return "on this machine already";
  const size = formatBytes(bytesOf(missing));
  return missing.length < models.length ? `${size}, the rest is here already` : size;
}

export function bytesOf(models: readonly { readonly bytes: number }[]): number {
  return models.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function licenceText(models: readonly OfferedModel[]): string {
  return distinct(models.map(({ licence }) => licence)).join(" and ");
}

/** What could not be confirmed, and what the hub asks for; without a full stop, as parts of sentences. */
export function cautionsOf(models: readonly OfferedModel[]): readonly string[] {
  const gated = models.some(({ isGated }) => isGated)
    ? ["its hub wants a token of somebody who has accepted its terms"]
    : [];
  const named = models.flatMap(({ caution }) => caution?.replace(/\.$/u, "") ?? []);
  return distinct([...named, ...gated]);
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
