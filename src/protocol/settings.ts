import * as z from "zod/mini";
import * as bounds from "./bounds";
import { numberWithin, wholeNumber } from "./bounds";
import { BOS_CHOICES } from "./scores";
import { PUNCTUATIONS, WORD_SURPRISALS, type WordChoice } from "./words";

/**
 * Two GGUF files with a name; one of them may be missing (then there is no difference view). Adapters are GGUF files that are added
 * to the weights; where there are adapters and no models, they are added to the embedded pair's.
 */
export const pairSchema = z.object({
  name: z.string().check(z.minLength(1)),
  base: z.optional(z.string()),
  baseAdapter: z.optional(z.string()),
  rlhf: z.optional(z.string()),
  rlhfAdapter: z.optional(z.string()),
});
export type Pair = z.infer<typeof pairSchema>;

/** The views of the heat map; `rank` is the RLHF model's. */
export const viewSchema = z.enum(["base", "rlhf", "difference", "rank", "baseRank"]);
export type View = z.infer<typeof viewSchema>;

/** A number where 0 stands for a default. */
const orDefault = ({ most }: bounds.Bounds) => wholeNumber({ least: 0, most });

/** Everything the user can set under `twinlens.*`; defaults equal those of package.json (held by a unit test). */
export const settingsSchema = z.object({
  /** Pairs of models, in addition to the embedded one. Machine scope. */
  pairs: z._default(z.array(pairSchema), []),
  /** Name of the pair in use; empty: the embedded pair. Machine scope. */
  pair: z._default(z.string(), ""),
  /** Folder for models that are fetched; empty: the extension's own storage. Machine scope. */
  modelFolder: z._default(z.string(), ""),
  /** Paths of catalogues of models, in addition to Twinlens's own. Machine scope. */
  catalogs: z._default(z.array(z.string().check(z.minLength(1))), []),
  /** `auto` as node-llama-cpp selects it; `off` forces the CPU. Machine scope. */
  gpu: z._default(z.enum(["auto", "off"]), "auto"),
  /** Tokens a window holds; 0: min(trained context, 2048). */
  window: z._default(orDefault(bounds.WINDOW), 0),
  /** Tokens every later window scores; 0: half a window. */
  stride: z._default(orDefault(bounds.STRIDE), 0),
  /** Windows as llama.cpp's perplexity program cuts them. */
  compatible: z._default(z.boolean(), false),
  /** What stands before every window. */
  bos: z._default(z.enum(BOS_CHOICES), "auto"),
  /** Alternatives kept for every token. */
  topK: z._default(wholeNumber(bounds.ALTERNATIVES), 10),
  view: z._default(viewSchema, "difference"),
  /** Bits at the end of the cursor's line or of all lines, or behind the selected tokens. */
  inlayHints: z._default(z.enum(["off", "current", "all", "selection"]), "current"),
  codeLens: z._default(z.boolean(), true),
  /** Pause after the last key before live mode scores, ms. */
  liveDelay: z._default(wholeNumber({ least: 50, most: 5000 }), 200),
  /** Minutes without a request after which models are unloaded; 0: never. Machine scope. */
  idleUnloadMinutes: z._default(wholeNumber({ least: 0, most: 1440 }), 15),
  /** Memory for keys and values of windows kept for re-scoring, MB per model. Machine scope. */
  windowMemoryMB: z._default(wholeNumber({ least: 0, most: 65536 }), 256),
  /** Size of the cache of scores on disk, MB; 0: no cache. Machine scope. */
  cacheMB: z._default(wholeNumber({ least: 0, most: 65536 }), 256),
  /** Samples that anchor analysis draws from each model. */
  samples: z._default(wholeNumber(bounds.SAMPLES), 100),
  /** Tokens of each sample, at most. */
  maxTokens: z._default(wholeNumber(bounds.MAX_TOKENS), 200),
  /** Divides the logits that samples are drawn from; 0: always the most probable token. */
  temperature: z._default(numberWithin(bounds.TEMPERATURE), 1),
  /** Nucleus of the base model's samples, and of the RLHF model's: where the paper found their diversity alike. */
  topPBase: z._default(numberWithin(bounds.TOP_P), 0.7),
  topPRlhf: z._default(numberWithin(bounds.TOP_P), 0.9),
  /** Tokens that samples are drawn from, at most; 0: all. */
  samplingTopK: z._default(wholeNumber(bounds.TOP_K), 0),
  /** Least probability of a drawn token, as a share of the most probable one's. */
  minP: z._default(numberWithin(bounds.MIN_P), 0),
  /** Seed of the samples' generators. */
  seed: z._default(wholeNumber(bounds.SEED), 1),
  /** Put an instruction frame around the base model's prompt. */
  instructionFrame: z._default(z.boolean(), false),
  /** System prompt of the RLHF model's chat prompts; empty: none, or the template's own. */
  systemPrompt: z._default(z.string(), ""),
  /** File of a chat template in place of the RLHF model's own; empty: its own. Machine scope. */
  chatTemplate: z._default(z.string(), ""),
  /** What the chat template sees by name, such as `enable_thinking`. */
  templateVariables: z._default(z.record(z.string(), z.unknown()), {}),
  /** MAFFT's program for a second alignment; empty: none. Machine scope. */
  mafft: z._default(z.string(), ""),
  /** What the surprisal of a word is. */
  words: z._default(z.enum(WORD_SURPRISALS), "tokens"),
  /** Where punctuation at words' ends belongs. */
  wordPunctuation: z._default(z.enum(PUNCTUATIONS), "joined"),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What the scores of plain text depend on, in addition to the pair. */
export const TEXT_SCORING_SETTINGS = [
  "gpu",
  "window",
  "stride",
  "compatible",
  "bos",
  "topK",
  "words",
  "wordPunctuation",
] as const satisfies readonly (keyof Settings)[];

/** What a chat prompt depends on, beside the RLHF model. */
const CHAT_SETTINGS = [
  "systemPrompt",
  "chatTemplate",
  "templateVariables",
] as const satisfies readonly (keyof Settings)[];
export type ChatSettings = Pick<Settings, (typeof CHAT_SETTINGS)[number]>;

/** What a text's scores depend on, beside the pair. */
export const SCORING_SETTINGS = [...TEXT_SCORING_SETTINGS, ...CHAT_SETTINGS];
export type ScoringSettings = Pick<Settings, (typeof SCORING_SETTINGS)[number]>;

/** How words are cut, and what their surprisal is. */
export function wordChoiceOf({
  words,
  wordPunctuation,
}: Pick<Settings, "words" | "wordPunctuation">): WordChoice {
  return { surprisal: words, punctuation: wordPunctuation };
}
