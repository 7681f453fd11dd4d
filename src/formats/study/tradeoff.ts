/** What a study keeps of the trade-off in motion: a model that is trained on what it wrote itself and a rule preferred, round by round. */
import * as z from "zod/mini";
import { promptSamplesSchema } from "./drawnSamples";
import { TRAINED_WEIGHTS } from "./readaptationSettings";
import { SCORERS } from "./tradeoffSettings";

const count = z.int().check(z.gte(0));

/** Documents that are held out, of one corpus. */
const heldOutSchema = z.object({
  corpus: z.string(),
  documents: z.array(z.string()),
  /** Scored tokens, by document. */
  tokens: z.array(count),
});

/** What was found in a round's samples of one prompt, as their own drawer reads them. */
const ownSchema = z.object({
  prompt: count,
  /** Of all samples together. */
  tokens: count,
  /** Mean probability of the most probable token; null: no token was drawn. */
  top1: z.nullable(z.number()),
  entropyBits: z.nullable(z.number()),
  /** Mean of the samples' scores; null: none has one. */
  score: z.nullable(z.number()),
  /** Its first sample, for people to read. */
  text: z.string(),
});

/** What was trained on before a round's measurements. */
const trainedSchema = z.object({
  steps: count,
  /** That were predicted, times they were. */
  tokens: count,
  /** Numbers of the prompts whose samples these are. */
  prompts: z.array(count),
  /** Mean scores of what was drawn, and scores of what was preferred of it, by training prompt. */
  drawn: z.array(z.number()),
  preferred: z.array(z.number()),
  /** Of each step's windows before it, nats per predicted token. */
  loss: z.array(z.number()),
});

export const roundSchema = z.object({
  /** 0: the model as it was. */
  round: count,
  /** null: nothing yet, in round 0. */
  trained: z.nullable(trainedSchema),
  /** Nats that each held-out document loses, `[corpus][document]`. */
  losses: z.array(z.array(z.number())),
  own: z.array(ownSchema),
  /** By measured prompt; their writer is `round N`. */
  samples: z.array(promptSamplesSchema),
});

export const tradeoffSchema = z
  .object({
    /** Which of the pair's models is trained. */
    stage: z.string(),
    scorer: z.enum(SCORERS),
    /** Whose judgement and which question; null: no judge scores. */
    judge: z.nullable(z.object({ name: z.string(), sha256: z.string(), question: z.string() })),
    bestOf: count,
    topP: z.number(),
    maxTokens: count,
    /** Samples that each measured prompt has. */
    samples: count,
    weights: z.enum(TRAINED_WEIGHTS),
    /** Of the adapter; null: all weights are trained. */
    rank: z.nullable(count),
    alpha: z.nullable(z.number()),
    learningRate: z.number(),
    weightDecay: z.number(),
    epochs: count,
    windowsPerStep: count,
    /** Tokens that a window holds, at most. */
    window: count,
    seed: count,
    /** Numbers of the prompts that rounds take in turn, in this order, and of those that are measured. */
    prompts: z.object({ train: z.array(count), measured: z.array(count) }),
    heldOut: z.array(heldOutSchema),
    /** From round 0 on. */
    rounds: z.array(roundSchema),
    /** Name of the file with the last round's weights, in the folder of the study's adapters; null: none is kept. */
    file: z.nullable(z.string()),
    /** Its SHA-256, by which it is known again. */
    fileSha256: z._default(z.nullable(z.string()), null),
  })
  .check(z.refine(isWhole, "rounds that do not fit what is held out"));

/** Whether rounds count from 0 on, and each has a loss of every document. */
function isWhole({
  heldOut,
  rounds,
}: {
  readonly heldOut: readonly HeldOut[];
  readonly rounds: readonly TradeoffRound[];
}): boolean {
  const fits = (losses: readonly unknown[], { documents, tokens }: HeldOut) =>
    losses.length === documents.length && tokens.length === documents.length;
  return rounds.every(
    ({ round, losses }, i) =>
      round === i &&
      losses.length === heldOut.length &&
      losses.every((of, k) => fits(of, heldOut[k]!)),
  );
}

export type HeldOut = z.infer<typeof heldOutSchema>;
export type OwnFindings = z.infer<typeof ownSchema>;
export type TrainedOn = z.infer<typeof trainedSchema>;
export type Tradeoff = z.infer<typeof tradeoffSchema>;
export type TradeoffRound = z.infer<typeof roundSchema>;
