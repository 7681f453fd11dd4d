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
  private level = 0;

  constructor(library: Library, onLine: (text: string) => void) {
    const callback = koffi.register((level: number, text: string) => {
      if (level !== CONTINUED) this.level = level;
      if (this.level !== WARNING && this.level !== ERROR) return;
      this.lines.push(text);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
      onLine(text.trimEnd());
    }, koffi.pointer(LogCallback));
    library.llama_log_set(callback, null);
  }

  clear(): void {
    this.lines.length = 0;
  }

  /** Warnings and errors since `clear`, oldest first. */
  errors(): string {
    return this.lines.join("");
  }
}
