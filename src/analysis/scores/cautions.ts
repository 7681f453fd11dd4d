import { COARSE_BITS_PER_WEIGHT, isCoarse } from "./quantisation";

/** Facts that call for a caution. */
export interface CautionedModel {
  readonly name: string;
  readonly quantisation: string;
  readonly bitsPerWeight: number;
  readonly addsBos: boolean;
  readonly tokenizerFaults: readonly (keyof typeof FAULTS)[];
  /** null: it has no adapter. */
  readonly adapterFacts: { readonly isOfAnother: boolean } | null;
}

/** What each of a tokenizer's faults does. */
const FAULTS = {
  noPreTokenizer:
    "does not say how its tokenizer finds words (tokenizer.ggml.pre): llama.cpp's default may cut text as the model has never seen it",
  bosOutOfRange:
    "names a BOS token that its vocabulary lacks (tokenizer.ggml.bos_token_id): llama.cpp takes another in its place",
  bosUnnamed:
    "asks for BOS but does not say which token that is (tokenizer.ggml.bos_token_id): llama.cpp takes an ordinary one, which moves every number",
};

/** What makes one model's numbers doubtful: sentences without a full stop. Names are the file's own, not escaped. */
export function modelCautions(model: CautionedModel): string[] {
  const { name, quantisation, bitsPerWeight, tokenizerFaults } = model;
  return [
    ...tokenizerFaults.map((fault) => `${name} ${FAULTS[fault]}`),
    ...adapterCaution(model),
    ...(isCoarse(model)
      ? [
          `${name} (${quantisation}) has ${bitsPerWeight.toFixed(1)} bits per weight: below ${COARSE_BITS_PER_WEIGHT}, quantisation alone moves perplexities`,
        ]
      : []),
  ];
}

/** That its adapter was made of another model. */
export function adapterCaution({
  name,
  adapterFacts,
}: Pick<CautionedModel, "name" | "adapterFacts">): string[] {
  return adapterFacts?.isOfAnother
    ? [`The adapter of ${name} was made of another model: it need not fit this one`]
    : [];
}

/** The same of both models, and what makes comparing them doubtful. */
export function cautions(base: CautionedModel | null, rlhf: CautionedModel | null): string[] {
  return [
    ...(base && rlhf ? bosCaution(base, rlhf) : []),
    ...(base ? modelCautions(base) : []),
    ...(rlhf ? modelCautions(rlhf) : []),
  ];
}

/** Whether every text begins alike for both models. */
export function sameBos(
  a: Pick<CautionedModel, "addsBos">,
  b: Pick<CautionedModel, "addsBos">,
): boolean {
  return a.addsBos === b.addsBos;
}

function bosCaution(base: CautionedModel, rlhf: CautionedModel): string[] {
  if (sameBos(base, rlhf)) return [];
  const [having, lacking] = base.addsBos ? ["base", "RLHF"] : ["RLHF", "base"];
  return [
    `Only the ${having} model reads a text behind BOS: what the ${lacking} model lacks there moves its numbers, most at the beginning`,
  ];
}
