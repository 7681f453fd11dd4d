import * as z from "zod";

/** Two GGUF files with a name; one of them may be missing (then there is no difference view). */
export const pairSchema = z.object({
  name: z.string().min(1),
  base: z.string().optional(),
  rlhf: z.string().optional(),
});
export type Pair = z.infer<typeof pairSchema>;

/** The four views of the heat map. */
export const viewSchema = z.enum(["base", "rlhf", "difference", "rank"]);
export type View = z.infer<typeof viewSchema>;

/** Everything the user can set under `twinlens.*`; defaults equal those of package.json (held by a unit test). */
export const settingsSchema = z.object({
  /** Pairs of models, beside the embedded one. Machine scope. */
  pairs: z.array(pairSchema).default([]),
  /** Name of the pair in use; empty: the embedded pair. Machine scope. */
  pair: z.string().default(""),
  /** `auto` as node-llama-cpp selects it; `off` forces the CPU. Machine scope. */
  gpu: z.enum(["auto", "off"]).default("auto"),
  /** Tokens a window holds; 0: min(trained context, 2048). */
  window: z.number().int().min(0).max(131072).default(0),
  /** Tokens every later window scores; 0: half a window. */
  stride: z.number().int().min(0).max(131072).default(0),
  /** Windows as llama.cpp's perplexity program cuts them. */
  compatible: z.boolean().default(false),
  /** Alternatives kept for every token. */
  topK: z.number().int().min(1).max(100).default(10),
  view: viewSchema.default("difference"),
  inlayHints: z.enum(["off", "line", "selection"]).default("line"),
  codeLens: z.boolean().default(true),
  /** Score again while typing. */
  live: z.boolean().default(false),
  /** Pause after the last key before live mode scores, ms. */
  liveDelay: z.number().int().min(50).max(5000).default(200),
  /** Minutes without a request after which models are unloaded; 0: never. Machine scope. */
  idleUnloadMinutes: z.number().int().min(0).max(1440).default(15),
  /** Memory for keys and values of windows kept for re-scoring, MB a model. Machine scope. */
  windowMemoryMB: z.number().int().min(0).max(65536).default(256),
  /** Size of the cache of scores on disk, MB; 0: no cache. Machine scope. */
  cacheMB: z.number().int().min(0).max(65536).default(256),
  /** Samples that anchor analysis draws from each model. */
  samples: z.number().int().min(2).max(1000).default(100),
  /** Tokens of each sample, at most. */
  maxTokens: z.number().int().min(1).max(8192).default(200),
  /** Seed of the samples' generators. */
  seed: z.number().int().min(0).max(2147483647).default(1),
  /** Put an instruction frame around the base model's prompt. */
  instructionFrame: z.boolean().default(false),
  /** MAFFT's program for a second alignment; empty: none. Machine scope. */
  mafft: z.string().default(""),
});
export type Settings = z.infer<typeof settingsSchema>;
