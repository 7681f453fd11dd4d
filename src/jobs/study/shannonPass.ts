import { lastWordAfterAnother } from "../../analysis/scores/lastWord";
import { cancelled, EngineError } from "../../engine/errors";
import { shannonRow } from "../../formats/study/rows";
import type { ResultCell } from "../../formats/study/studyResult";
import type { WindowSettings } from "../../protocol/scores";
import type { CorpusDocument } from "../corpora/corpus";
import type { HeldModels } from "../models/heldModels";
import { askAll, type AskRequest, type WordAnswer } from "../shannon/askModel";
import type { HiddenWord } from "../shannon/question";
import { measureChunks } from "./chunkPass";
import { doneOf } from "./goldPass";

/** A cell of the measure `shannon`: models are asked for the last words of passages. */
export interface ShannonPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly windows: WindowSettings;
  /** All passages. */
  readonly documents: AsyncIterable<CorpusDocument>;
  /** More passages are measured. */
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** @throws EngineError where a model can't be used at all, or `Cancelled`; CorpusError */
export async function measureShannon(pass: ShannonPass): Promise<void> {
  const { cell, models, sha256, documents, onDone } = pass;
  await measureChunks<WordAnswer>({
    cells: [cell],
    done: doneOf(cell),
    models,
    sha256,
    documents,
    measure: (stage, chunk) =>
      askLastWords(
        chunk.map(({ text }) => text),
        requestFor(pass, stage),
      ),
    groupOf: (_, document, stages) => ({
      document,
      documents: 1,
      stages: Object.fromEntries(stages.map(([stage, answer]) => [stage, rowOf(answer)])),
      against: {},
    }),
    onDone,
  });
}

function requestFor({ models, windows, signal }: ShannonPass, stage: string): AskRequest {
  return {
    async hold() {
      const held = await models.hold(stage);
      if (signal.aborted) throw cancelled();
      return held;
    },
    settings: windows,
    choices: 0,
    signal,
  };
}

async function askLastWords(
  texts: readonly string[],
  request: AskRequest,
): Promise<(WordAnswer | EngineError)[]> {
  const words = texts.map(lastOf);
  const asked = words.filter((word) => word !== null);
  const answers = (await askAll(asked, request)).values();
  return words.map((word) => (word === null ? nothingBefore() : answers.next().value!));
}

/** null: the passage has no two words. */
function lastOf(text: string): HiddenWord | null {
  const last = lastWordAfterAnother(text);
  return last && { text, ...last };
}

function nothingBefore(): EngineError {
  return new EngineError("TextTooShort", "A passage needs two words: the last one is guessed.");
}

function rowOf({ tokens, isExact, f1 }: WordAnswer): number[] {
  const sum = (of: (token: (typeof tokens)[number]) => number) =>
    tokens.reduce((total, token) => total + of(token), 0);
  return shannonRow({
    passages: 1,
    exact: isExact ? 1 : 0,
    f1,
    tokens: tokens.length,
    firstChoices: sum(({ rank }) => (rank === 1 ? 1 : 0)),
    guesses: sum(({ rank }) => rank - 1),
    bits: sum(({ logProbability }) => -logProbability / Math.LN2),
  });
}
