import { codePointsBefore } from "../analysis/text/codePoints";
import { wordsOf } from "../analysis/words/textWords";
import { type WordRow, wordRows } from "../analysis/words/wordRows";
import { type WordReading, wordScores } from "../analysis/words/wordScores";
import type { Context } from "../formats/scoreDocument";
import type { WordDocument, WordList, WordNumbers } from "../formats/wordDocument";
import { type Role, ROLES } from "../protocol/roles";
import type { TextScores } from "../protocol/textScores";
import type { WordChoice } from "../protocol/words";
import { type ExportedText, type NamedModel, round, toScoreNumbers } from "./document";
import { measureText } from "./measures";

/** One model of an export of words. */
export interface WordModel extends NamedModel {
  /** As of {@link WordReading}. */
  readonly boundaryEntries: Uint8Array | null;
}

/** The JSON document of an export of words; those of scores without the boundaries that the choice wants have no bits. */
export function toWordDocument(
  version: string,
  models: Readonly<Record<Role, WordModel | null>>,
  texts: readonly ExportedText[],
  choice: WordChoice,
  context: Context = null,
): WordDocument {
  const measured = texts.map(({ name, text, base, rlhf }) => measureText(name, text, base, rlhf));
  const numbers = toScoreNumbers(version, models, measured, context);
  const readings = (role: Role): WordReading => ({
    surprisal: choice.surprisal,
    boundaryEntries: models[role]?.boundaryEntries ?? null,
    continues: context !== null && context.text !== "",
  });
  return {
    format: "twinlens-words",
    formatVersion: 1,
    twinlensVersion: version,
    models: numbers.models,
    cautions: numbers.cautions,
    context,
    choice,
    files: numbers.files.map(({ name, base, rlhf }, i) => ({
      name,
      text: texts[i]!.text,
      base,
      rlhf,
      wordList: wordList(texts[i]!, choice, readings),
    })),
  };
}

function wordList(
  { text, ...scores }: ExportedText,
  choice: WordChoice,
  readings: (role: Role) => WordReading,
): WordList {
  const roles = ROLES.filter((role) => scores[role] !== null);
  const columns = roles.map((role) => scores[role]!.columns);
  const rows = wordRows(wordsOf(text, choice.punctuation), columns);
  const points = codePointsBefore(text);
  const numbers = (role: Role) => {
    const model = roles.indexOf(role);
    return model < 0 ? null : wordNumbers(rows, model, scores[role]!, readings(role));
  };
  return {
    word: rows.map(({ word }) => word),
    words: rows.map(({ words }) => words),
    sentence: rows.map(({ sentence }) => sentence),
    text: rows.map(({ start, endExclusive }) => text.slice(start, endExclusive)),
    start: rows.map(({ start }) => points[start]!),
    endExclusive: rows.map(({ endExclusive }) => points[endExclusive]!),
    base: numbers("base"),
    rlhf: numbers("rlhf"),
  };
}

/** @param model number of the model among those whose tokens the rows have */
function wordNumbers(
  rows: readonly WordRow[],
  model: number,
  { columns, prompt }: TextScores,
  ofText: WordReading,
): WordNumbers {
  const reading = { ...ofText, continues: ofText.continues || prompt !== null };
  const found = rows.map(({ tokens }) => wordScores(columns, tokens[model]!, reading));
  const isCorrected = reading.surprisal === "boundary";
  return {
    tokens: found.map(({ tokens }) => tokens),
    bits: found.map(({ bits }) => bits),
    entropyBits:
      columns.distribution && found.map(({ entropyBits }) => entropyBits && round(entropyBits)),
    boundaryBefore: isCorrected ? found.map(({ boundaryBefore }) => boundaryBefore) : null,
    boundaryAfter: isCorrected ? found.map(({ boundaryAfter }) => boundaryAfter) : null,
  };
}
