/** What models go on from in a study: a set of prompts, or the beginnings of a corpus' documents. */
import type { ProbeSettings, Study } from "../../../formats/study/study";
import type { CorpusDocument } from "../../corpora/corpus";
import { beginningsOf } from "../../inside/beginnings";
import type { SetPrompt } from "../samples/promptSets";
import type { ProbedPlace } from "./probesWork";

export function placeOfPrompts(
  prompts: readonly SetPrompt[],
  { samples }: ProbeSettings,
): ProbedPlace {
  return {
    units: prompts.map((_, i) => `prompt ${i + 1}`),
    beginnings: prompts.map(({ text }, unit) => ({ unit, text })),
    samples,
    isChat: true,
  };
}

/** Texts after each beginning of a document (a choice): as few as show what texts of one beginning share. */
const SAMPLES = 4;

/** @throws CorpusError */
export async function placeOfDocuments(
  documents: AsyncIterable<CorpusDocument>,
  { own, probes }: Study,
): Promise<ProbedPlace> {
  const { texts, tokens } = probes;
  const { prefixWords } = own;
  const most = Math.ceil(texts / SAMPLES);
  const { documents: units, beginnings } = await beginningsOf(documents, {
    words: prefixWords,
    stride: prefixWords + tokens,
    most,
  });
  return {
    units,
    beginnings: beginnings.map(({ document, text }) => ({ unit: document, text })),
    samples: SAMPLES,
    isChat: false,
  };
}
