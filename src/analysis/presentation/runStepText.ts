import { formatNumber } from "./format";

/** What a run does with a model's samples, of its progress. */
export type RunStep = { readonly role: "base" | "rlhf" } & (
  | { readonly kind: "sampling"; readonly done: number }
  | { readonly kind: "aligning"; readonly aligner: "twinlens" | "mafft" }
  | { readonly kind: "scoring"; readonly fraction: number }
);

/**
 * `Drawing RLHF samples, 12 of 100`
 * @param wanted samples of each model
 */
export function runStepText(step: RunStep, wanted: number): string {
  const samples = `${step.role === "base" ? "base" : "RLHF"} samples`;
  switch (step.kind) {
    case "sampling":
      return `Drawing ${samples}, ${formatNumber(step.done, 0)} of ${formatNumber(wanted, 0)}`;
    case "aligning":
      return `Aligning ${samples}${step.aligner === "mafft" ? " with MAFFT" : ""}`;
    case "scoring":
      return `Scoring ${samples}, ${Math.floor(step.fraction * 100)} %`;
  }
}
