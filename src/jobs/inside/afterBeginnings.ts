/** What a model writes after the beginnings of documents, and how a model reads it. */
import type { Engine, LoadedModel } from "../../engine/engine";
import { windowLength } from "../../engine/windowLength";
import { beginningTokens } from "./beginningTokens";
import type { Beginnings } from "./beginnings";
import { type DrawnText, drawTexts } from "./drawTexts";
import type { ProbedTexts } from "./probedTexts";
import { writtenTexts } from "./writtenTexts";

/** Words of a beginning (docs/definitions.md, "Probes"). */
export const BEGINNING_WORDS = 32;

interface After {
  readonly engine: Engine;
  readonly model: LoadedModel;
  readonly beginnings: Beginnings;
  readonly signal: AbortSignal;
}

export interface WriteRequest extends After {
  /** After each beginning. */
  readonly samples: number;
  /** Of a text, at most. */
  readonly maxTokens: number;
  readonly topP: number;
  readonly seed: number;
  /** 0 .. 1, of as many tokens as there may be. */
  readonly onProgress: (fraction: number) => void;
}

/** Texts in the order of their beginnings. @throws EngineError as of `Engine.continuePrompts` */
export async function writeAfter(request: WriteRequest): Promise<readonly DrawnText[]> {
  const { beginnings, samples, maxTokens, onProgress } = request;
  const texts: DrawnText[] = [];
  const most = beginnings.beginnings.length * samples * maxTokens;
  await drawTexts({
    ...request,
    beginnings: await prefixesOf(request),
    has: () => false,
    onText: (text) => texts.push(text),
    onTokens: (tokens) => onProgress(tokens / most),
  });
  return texts.sort((a, b) => a.beginning - b.beginning || a.sample - b.sample);
}

/** The texts as another model, or the one that wrote them, reads them. @throws EngineError as of `Engine.tokenize` */
export async function readAfter(
  request: After & { readonly texts: readonly DrawnText[] },
): Promise<ProbedTexts> {
  const { model, beginnings, texts } = request;
  return writtenTexts({
    ...request,
    unit: "document",
    units: beginnings.documents,
    prefixes: await prefixesOf(request),
    room: windowLength(0, model.facts.trainedContext),
    texts: texts.map(({ beginning, text }) => ({
      unit: beginnings.beginnings[beginning]!.document,
      beginning,
      text,
      anchors: null,
    })),
  });
}

function prefixesOf({ beginnings: { beginnings }, ...reading }: After): Promise<Int32Array[]> {
  return beginningTokens({ ...reading, texts: beginnings.map(({ text }) => text) });
}
