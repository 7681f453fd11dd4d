import koffi from "koffi";
import { LogCallback } from "./abi";
import type { Library } from "./library";

/** `ggml_log_level`. */
const WARNING = 3;
const ERROR = 4;
const CONTINUED = 5;
const KEPT_LINES = 50;

/** What llama.cpp logs: warnings and errors go on to `onLine`, recent errors explain a failed load. */
export class NativeLog {
  private readonly lines: string[] = [];
  private readonly callback: unknown;
  private level = 0;

  constructor(
    private readonly library: Library,
    onLine: (text: string) => void,
  ) {
    this.callback = koffi.register((level: number, text: string) => {
      if (level !== CONTINUED) this.level = level;
      if (this.level !== WARNING && this.level !== ERROR) return;
      this.lines.push(text);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
      onLine(text.trimEnd());
    }, koffi.pointer(LogCallback));
    this.listen();
  }

  /** Begins anew. llama.cpp has one listener, which node-llama-cpp becomes whenever it is asked for memory. */
  listen(): void {
    this.lines.length = 0;
    this.library.llama_log_set(this.callback, null);
  }

  /** Warnings and errors since `listen`, oldest first. */
  errors(): string {
    return this.lines.join("");
  }
}
