/** Texts that a model wrote after prompts, as a model reads them: behind its own form of the prompt. */
import { unitsBefore } from "../../analysis/text/codePoints";
import type { Engine, LoadedModel, Tokenization } from "../../engine/engine";
import { type ProbedTexts, probedWindow, type ProbedWindow } from "./probedTexts";

export interface WrittenText {
  /** Number of its unit, and of what it goes on from. */
  readonly unit: number;
  readonly beginning: number;
  readonly text: string;
  /** Stretches that lie in anchors, code points; null: anchors were not looked for. */
  readonly anchors: readonly AnchorStretch[] | null;
}

export interface AnchorStretch {
  /** Number of the anchor among those of its prompt. */
  readonly anchor: number;
  readonly start: number;
  readonly endExclusive: number;
}

export interface WrittenRequest {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly unit: ProbedTexts["unit"];
  /** Names. */
  readonly units: readonly string[];
  /** What the model reads before a text, BOS included, `[beginning]`. */
  readonly prefixes: readonly Int32Array[];
  readonly texts: readonly WrittenText[];
  /** Tokens that a window holds: what goes beyond is not read, and texts whose beginning leaves no room are left out. */
  readonly room: number;
  readonly signal: AbortSignal;
}

/** @throws EngineError as of `Engine.tokenize`, or `Cancelled` */
export async function writtenTexts(request: WrittenRequest): Promise<ProbedTexts> {
  const { engine, model, unit: kind, units, prefixes, texts, room, signal } = request;
  const windows: ProbedWindow[] = [];
  for (const { unit, beginning, text, anchors } of texts) {
    const prefix = prefixes[beginning]!;
    if (prefix.length >= room) continue;
    const tokens = await engine.tokenize(model.id, text, signal);
    const inAnchors = anchors && anchorOfTokens(text, tokens, anchors);
    const window = probedWindow(prefix, tokens.id.subarray(0, room - prefix.length), {
      unit,
      beginning,
      anchors: inAnchors,
    });
    if (window.start < window.tokens.length) windows.push(window);
  }
  return { unit: kind, units, windows, areSamples: true };
}

/** A token lies in the anchor that it overlaps. */
function anchorOfTokens(
  text: string,
  { start, endExclusive }: Pick<Tokenization, "start" | "endExclusive">,
  anchors: readonly AnchorStretch[],
): Int32Array {
  const offsets = unitsBefore(text);
  const offsetAt = (point: number) => offsets[point] ?? text.length;
  const of = new Int32Array(start.length).fill(-1);
  for (const { anchor, ...stretch } of anchors) {
    const [from, to] = [offsetAt(stretch.start), offsetAt(stretch.endExclusive)];
    start.forEach((tokenStart, i) => {
      if (tokenStart < to && endExclusive[i]! > from) of[i] = anchor;
    });
  }
  return of;
}
