/** The cells of a study: what each depends on, and which are there already. */
import { createHash } from "node:crypto";
import { COLUMNS } from "../../formats/study/rows";
import { isSamePlace } from "../../formats/study/places";
import type { Probes } from "../../formats/study/probes";
import type { Readaptation } from "../../formats/study/readaptation";
import type { Corpus, Pair, Study } from "../../formats/study/study";
import type { ReadCorpus, ResultCell, StudyResult } from "../../formats/study/studyResult";
import { type Measure, MEASURES } from "../../formats/study/studySchema";
import { tradeoffDependence, type TradeoffSources } from "./tradeoff/sources";

/** Raised when a measure gives other numbers than it did. */
const MEASURED_AS = 1;

/** Taken together in one pass over texts that were given. */
const GOLD_MEASURES = ["perplexity", "concentration", "calibration"] as const;
export type GoldMeasure = (typeof GOLD_MEASURES)[number];

export function isGold({ measure }: Pick<ResultCell, "measure">): boolean {
  return GOLD_MEASURES.some((gold) => gold === measure);
}

/** A corpus, or a set of prompts. */
export type MeasuredPlace = Pick<Corpus, "name" | "category" | "standsFor" | "measures"> & {
  /** null: of prompts. */
  readonly part: Corpus["part"] | null;
};

/** What was read of it. */
export interface SurveyedPlace {
  readonly corpus: MeasuredPlace;
  readonly read: ReadCorpus;
}

/**
 * A cell before anything is measured.
 * @param sha256 of the models, by stage
 * @param further what the measure `tradeoff` reads besides
 */
export function emptyCell(
  study: Study,
  pair: Pair,
  { corpus, read }: SurveyedPlace,
  measure: Measure,
  sha256: ReadonlyMap<string, string>,
  further: TradeoffSources | null = null,
): ResultCell {
  return {
    pair: pair.name,
    corpus: corpus.name,
    category: corpus.category,
    standsFor: corpus.standsFor,
    measure,
    dependsOn: dependenceOf(study, pair, corpus, read.sha256, measure, sha256, further),
    isComplete: false,
    models: [],
    read,
    measured: 0,
    failed: [],
    groupSize: 1,
    columns: { stages: [...COLUMNS[measure].stages], against: [...COLUMNS[measure].against] },
    groups: [],
    texts: [],
    writers: [],
    prompts: [],
    samples: [],
    chance: {},
    probes: measure === "probes" ? noProbes(corpus) : null,
    readaptation: measure === "readaptation" ? NOT_ADAPTED : null,
    tradeoff: null,
  };
}

const NOT_ADAPTED: Readaptation = {
  documents: { train: 0, choose: 0, report: 0 },
  trainings: [],
};

function noProbes({ part }: MeasuredPlace): Probes {
  const unit = part === null ? "prompt" : "document";
  return { unit, drawn: [], texts: [], rows: [], anchors: [] };
}

/** What a cell's numbers depend on and a study can change; how texts are read is seen in what was read. */
function dependenceOf(
  study: Study,
  pair: Pair,
  corpus: MeasuredPlace,
  read: string,
  measure: Measure,
  sha256: ReadonlyMap<string, string>,
  further: TradeoffSources | null,
): string {
  const models = pair.stages.map(({ name }) => [name, sha256.get(name)]);
  const drawnFor =
    measure === "tradeoff" ? tradeoffDependence(study, further) : drawnAs(study, corpus, measure);
  const all = [MEASURED_AS, measure, models, corpus.part, read, study.windows, drawnFor];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

/** What is drawn for a measure, and from what it is; null: nothing. */
function drawnAs(
  { own, samples, probes, readaptation, seed }: Study,
  { part }: MeasuredPlace,
  measure: Measure,
): object | null {
  if (measure === "own") return { own, seed };
  // What else samples depend on is said by their writers.
  if (measure === "samples") return { samples: samples.samples, tokens: samples.tokens, seed };
  if (measure === "probes") {
    const { texts, samples: each, ...probed } = probes;
    const drawn = part === null ? { samples: each } : { texts, words: own.prefixWords };
    return { ...probed, ...drawn, seed };
  }
  if (measure === "readaptation") return { readaptation, seed };
  return null;
}

/** Whether numbers of one cell may stand in for those of another. */
export function isSameCell(a: ResultCell, b: ResultCell): boolean {
  return isSamePlace(a, b) && a.dependsOn === b.dependsOn;
}

/** How messages name a pair's work on a corpus. */
export function placeName(pair: string, corpus: string): string {
  return `${pair}, ${corpus}`;
}

/** Cells in the order of results: by pair, corpus and measure, as the study names them; what it does not name stands last. */
export function inOrder(study: Study, cells: readonly ResultCell[]): ResultCell[] {
  const placeOf = (named: readonly { readonly name: string }[], wanted: string) => {
    const place = named.findIndex(({ name }) => name === wanted);
    return place < 0 ? named.length : place;
  };
  const place = ({ pair, corpus, measure }: ResultCell) => [
    placeOf(study.pairs, pair),
    placeOf([...study.corpora, ...study.prompts, ...study.recorded], corpus),
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
