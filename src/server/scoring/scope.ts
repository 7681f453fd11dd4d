import type { HighlightParams } from "../../protocol/documents";
import type { RunPrompt } from "../../protocol/runPrompt";
import type { TextRange } from "../../protocol/scores";
import { failure } from "../connection/responses";

/** What of a text is to be scored. */
export interface Scope {
  /** A part of it; null: all. */
  readonly range: TextRange | null;
  /** The part is the answer to what stands before it. */
  readonly asReply: boolean;
  /** What both models read before the text; null: nothing, and what stands before an answer is its own prompt. */
  readonly prompt: RunPrompt | null;
}

/**
 * What a request asks for of a text.
 * @param before what the last one asked for, moved by the edits since; undefined: there was none
 */
export function scopeOf(params: HighlightParams, text: string, before: Scope | undefined): Scope {
  return newScope(params.again && before ? { ...params, ...before } : params, text);
}

function newScope(params: HighlightParams, text: string): Scope {
  const { range, visible, visibleOnly, asReply, prompt } = params;
  if (asReply) {
    if (!range || text.slice(0, range.start).trim() === "") {
      throw failure("Select the answer to score it as a reply; the text before it is the prompt.");
    }
    return { asReply, range: within(range, text), prompt: null };
  }
  const wanted = visibleOnly && visible ? intersection(visible, range) : range;
  return { asReply, range: wanted && within(wanted, text), prompt };
}

function within({ start, endExclusive }: TextRange, text: string): TextRange {
  return { start: Math.min(start, text.length), endExclusive: Math.min(endExclusive, text.length) };
}

function intersection(a: TextRange, b: TextRange | null): TextRange {
  if (!b) return a;
  const start = Math.max(a.start, b.start);
  return { start, endExclusive: Math.max(start, Math.min(a.endExclusive, b.endExclusive)) };
}
