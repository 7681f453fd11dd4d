/** Documents as they are, cut into windows. */
import { windowLength } from "../../engine/windowLength";
import type { Engine, LoadedModel } from "../../engine/engine";
import type { CorpusDocument } from "../corpora/corpus";
import { SAMPLE_WINDOWS } from "../runs/bits";
import { windowsFor } from "../scoring/windowStart";
import { type ProbedTexts, probedWindow, type ProbedWindow } from "./probedTexts";

/** Tokens that a window holds (a choice): states far into a text cost much, and know little more. */
const WINDOW = 512;
/** With fewer documents, windows are what is divided. */
export const FEWEST_DOCUMENTS = 10;

/** What is read of documents. */
export interface GivenRequest {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly documents: AsyncIterable<Pick<CorpusDocument, "id" | "text">>;
  /** No window begins after so many tokens. */
  readonly tokens: number;
  /** The largest distance: shorter windows, and documents that have no other, are left out. */
  readonly ahead: number;
  /** Gets how many were read so far. */
  readonly onTokens?: (tokens: number) => void;
  readonly signal: AbortSignal;
}

/** How a document's tokens are cut into windows: what stands before each, and how many of the document's each holds. */
export interface GivenCut {
  readonly prefix: Int32Array;
  readonly room: number;
}

export function givenCut(model: LoadedModel): GivenCut {
  const { prefix } = windowsFor(SAMPLE_WINDOWS, model);
  const most = Math.min(WINDOW, windowLength(0, model.facts.trainedContext));
  return { prefix, room: most - prefix.length };
}

/** @throws EngineError as of `Engine.tokenize`, or `Cancelled`; CorpusError */
export async function givenTexts(request: GivenRequest): Promise<ProbedTexts> {
  const { engine, model, documents, tokens: most, ahead, onTokens, signal } = request;
  const { prefix, room } = givenCut(model);
  const units: string[] = [];
  const windows: ProbedWindow[] = [];
  let read = 0;
  for await (const { id, text } of documents) {
    if (read >= most) break;
    const { id: ids } = await engine.tokenize(model.id, text, signal);
    const before = windows.length;
    for (let from = 0; from < ids.length && read < most; from += room) {
      const part = ids.subarray(from, from + room);
      const place = { unit: units.length, beginning: windows.length, anchors: null };
      const window = probedWindow(prefix, part, place);
      if (isLongEnough(window, ahead)) windows.push(window);
      read += part.length;
      onTokens?.(read);
    }
    if (windows.length > before) units.push(id);
  }
  const texts: ProbedTexts = { unit: "document", units, windows, areSamples: false };
  return units.length < FEWEST_DOCUMENTS ? byWindow(texts) : texts;
}

/** Something can be predicted so far ahead. */
function isLongEnough({ tokens, start }: ProbedWindow, ahead: number): boolean {
  return start + ahead + 1 < tokens.length;
}

/** Every window a unit of its own, numbered within its document. */
function byWindow({ units, windows, areSamples }: ProbedTexts): ProbedTexts {
  const seen = new Map<number, number>();
  const names = windows.map(({ unit }) => {
    const number = (seen.get(unit) ?? 0) + 1;
    seen.set(unit, number);
    return `${units[unit]}, window ${number}`;
  });
  return {
    unit: "window",
    units: names,
    windows: windows.map((window, i) => ({ ...window, unit: i })),
    areSamples,
  };
}
