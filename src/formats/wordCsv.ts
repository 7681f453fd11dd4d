import { csvLine, type CsvCell } from "../analysis/presentation/csv";
import { type Role, ROLES } from "../protocol/roles";
import { PROVENANCE_COLUMNS, provenanceCells } from "./tokenCsv";
import type { WordDocument, WordNumbers } from "./wordDocument";

type WordFile = WordDocument["files"][number];

const WORD_COLUMNS = ["document", "word", "words", "sentence", "text", "start", "end"] as const;

/** Of a word under one model. */
const NUMBERS = {
  tokens: ({ tokens }, row) => tokens[row]!,
  bits: ({ bits }, row) => bits[row]!,
  entropy_bits: ({ entropyBits }, row) => entropyBits?.[row] ?? null,
  boundary_before_bits: ({ boundaryBefore }, row) => boundaryBefore?.[row] ?? null,
  boundary_after_bits: ({ boundaryAfter }, row) => boundaryAfter?.[row] ?? null,
} as const satisfies Record<string, (of: WordNumbers, row: number) => CsvCell>;

/** One row per word, both models side by side. Text stands as it is, control characters included: it is not for a terminal. */
export function toWordCsv(document: WordDocument): string {
  const ofRoles = (columns: readonly string[]) =>
    ROLES.flatMap((role) => columns.map((column) => `${role}_${column}`));
  const head = csvLine([
    ...WORD_COLUMNS,
    ...ofRoles(Object.keys(NUMBERS)),
    "surprisal",
    "punctuation",
    ...ofRoles(PROVENANCE_COLUMNS),
  ]);
  return [head, ...document.files.flatMap((file) => wordLines(document, file))].join("");
}

function wordLines(document: WordDocument, file: WordFile): string[] {
  const { surprisal, punctuation } = document.choice;
  const { name, wordList } = file;
  const provenance = ROLES.flatMap((role) => provenanceOf(document, file, role));
  return wordList.word.map((word, row) =>
    csvLine([
      name,
      word,
      wordList.words[row]!,
      wordList.sentence[row]!,
      wordList.text[row]!,
      wordList.start[row]!,
      wordList.endExclusive[row]!,
      ...ROLES.flatMap((role) => numberCells(wordList[role], row)),
      surprisal,
      punctuation,
      ...provenance,
    ]),
  );
}

function numberCells(numbers: WordNumbers | null, row: number): readonly CsvCell[] {
  return Object.values(NUMBERS).map((cell) => numbers && cell(numbers, row));
}

function provenanceOf(document: WordDocument, file: WordFile, role: Role): readonly CsvCell[] {
  const scores = file[role];
  return scores
    ? provenanceCells(document, role, scores)
    : Array<CsvCell>(PROVENANCE_COLUMNS.length).fill(null);
}
