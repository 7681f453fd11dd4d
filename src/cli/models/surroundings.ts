import type { Readable, Writable } from "node:stream";
import type { Places } from "../arguments/modelPaths";

/** What `twinlens models` needs from outside. */
export interface ModelsSurroundings {
  readonly places: Places;
  readonly platform: NodeJS.Platform;
  /** The downloading thread's file, `dist/download.mjs`. */
  readonly downloadScript: string;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly messages: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Resolves when the text was taken. */
  readonly print: (text: string) => Promise<void>;
  readonly signal: AbortSignal;
}
