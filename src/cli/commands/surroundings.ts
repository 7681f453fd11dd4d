import type { Writable } from "node:stream";

/** What a command that works with an engine needs from outside. */
export interface EngineSurroundings {
  /** The engine's child process, `dist/engine.mjs`. */
  readonly engineScript: string;
  /** Of llama.cpp's builds for GPUs; null: none. */
  readonly gpuFolder: string | null;
  readonly messages: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Resolves when the text was taken. */
  readonly print: (text: string) => Promise<void>;
  readonly signal: AbortSignal;
}
