/** The cells of a study: what each depends on, and which are there already. */
import { createHash } from "node:crypto";
import { COLUMNS } from "../../formats/study/rows";
import type { Corpus, Pair, Study } from "../../formats/study/study";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import { type Measure, MEASURES } from "../../formats/study/studySchema";
import type { SurveyedCorpus } from "./survey";

/** Raised when a measure gives other numbers than it did. */
const MEASURED_AS = 1;

export type GoldMeasure = Exclude<Measure, "own">;

/**
 * A cell before anything is measured.
 * @param sha256 of the models, by stage
 */
export function emptyCell(
  study: Study,
  pair: Pair,
  { corpus, read }: SurveyedCorpus,
  measure: Measure,
  sha256: ReadonlyMap<string, string>,
): ResultCell {
  return {
    pair: pair.name,
    corpus: corpus.name,
    category: corpus.category,
    standsFor: corpus.standsFor,
    measure,
    dependsOn: dependenceOf(study, pair, corpus, read.sha256, measure, sha256),
    isComplete: false,
    models: [],
    read,
    measured: 0,
    failed: [],
    groupSize: 1,
    columns: { stages: [...COLUMNS[measure].stages], against: [...COLUMNS[measure].against] },
    groups: [],
    texts: [],
  };
}

/** What a cell's numbers depend on and a study can change; how texts are read is seen in what was read. */
function dependenceOf(
  { windows, own, seed }: Study,
  pair: Pair,
  corpus: Corpus,
  read: string,
  measure: Measure,
  sha256: ReadonlyMap<string, string>,
): string {
  const models = pair.stages.map(({ name }) => [name, sha256.get(name)]);
  const drawn = measure === "own" ? { own, seed } : null;
  const all = [MEASURED_AS, measure, models, corpus.part, read, windows, drawn];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

/** Whether numbers of one cell may stand in for those of another. */
export function isSameCell(a: ResultCell, b: ResultCell): boolean {
  return isSamePlace(a, b) && a.dependsOn === b.dependsOn;
}

/** How messages name a pair's work on a corpus. */
export function placeName(pair: string, corpus: string): string {
  return `${pair}, ${corpus}`;
}

/** Whether two are the same pair's measure of the same corpus. */
export function isSamePlace(a: ResultCell, b: ResultCell): boolean {
  return a.pair === b.pair && a.corpus === b.corpus && a.measure === b.measure;
}

/** Cells in the order of results: by pair, corpus and measure, as the study names them; what it does not name stands last. */
export function inOrder(study: Study, cells: readonly ResultCell[]): ResultCell[] {
  const placeOf = (named: readonly { readonly name: string }[], wanted: string) => {
    const place = named.findIndex(({ name }) => name === wanted);
    return place < 0 ? named.length : place;
  };
  const place = ({ pair, corpus, measure }: ResultCell) => [
    placeOf(study.pairs, pair),
    placeOf(study.corpora, corpus),
    MEASURES.indexOf(measure),
  ];
  return cells.toSorted((a, b) => {
    const [left, right] = [place(a), place(b)];
    const i = left.findIndex((part, at) => part !== right[at]);
    return i < 0 ? 0 : left[i]! - right[i]!;
  });
}

/** Finds the numbers that are there already. */
export function knownCell(known: StudyResult | null, cell: ResultCell): ResultCell | null {
  return known?.cells.find((other) => isSameCell(other, cell)) ?? null;
}
