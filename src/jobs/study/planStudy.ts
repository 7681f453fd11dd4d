/** What a study measures: pairs and samples from elsewhere, with their cells as far as they are known. */
import type { Pair, Study } from "../../formats/study/study";
import type { ResultCell, StudyResult } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import { isSamePlace, placesOf } from "../../formats/study/places";
import type { ChosenModel } from "../../protocol/modelIdentity";
import { emptyCell, knownCell, type SurveyedPlace } from "./cells";
import type { SurveyedPrompts, SurveyedSamples } from "./samples/promptSets";
import { lacksNothing, withoutChance } from "./samples/writers";
import type { SurveyedCorpus } from "./survey";
import { tradeoffSources, type TradeoffSources } from "./tradeoff/sources";

/** All that was read. */
export interface Surveyed {
  readonly corpora: readonly SurveyedCorpus[];
  readonly prompts: readonly SurveyedPrompts[];
  readonly recorded: readonly SurveyedSamples[];
}

/** A pair's cells, known ones with their numbers. */
export interface PairWork {
  readonly pair: Pair;
  readonly places: readonly string[];
  readonly sha256: ReadonlyMap<string, string>;
  /** Of the measure `tradeoff`; null: not all of it can be read, or nobody asks for it. */
  readonly sources: TradeoffSources | null;
  readonly cells: readonly ResultCell[];
}

/** Samples from elsewhere, which need no model: their cell is that of a pair of the same name. */
export interface RecordedWork {
  readonly surveyed: SurveyedSamples;
  readonly cell: ResultCell;
}

export interface Planning {
  readonly study: Study;
  readonly known: StudyResult | null;
  /** Measured this time; others keep what is known. */
  readonly measures: readonly Measure[];
  /** SHA-256 of a model. */
  readonly digest: (model: ChosenModel) => Promise<string>;
}

/** @throws the file system's error where a model can't be read */
export async function planPair(
  planning: Planning,
  pair: Pair,
  { corpora, prompts }: Surveyed,
): Promise<PairWork> {
  const sha256 = new Map<string, string>();
  // Samples from elsewhere need no model.
  const stages = corpora.length + prompts.length > 0 ? pair.stages : [];
  for (const stage of stages) sha256.set(stage.name, await planning.digest(stage));
  const { study, digest } = planning;
  const isAsked = study.measures.includes("tradeoff");
  const sources = isAsked ? await tradeoffSources(study, corpora, digest) : null;
  const plan = (place: SurveyedPlace) =>
    place.corpus.measures.flatMap(
      (measure) => planCell(planning, pair, place, measure, sha256, sources) ?? [],
    );
  const cells = [
    ...corpora.flatMap(plan),
    ...prompts.flatMap((set) => plan(set).map((cell) => ofKinds(cell, set))),
  ];
  const places = [...corpora, ...prompts].map(({ corpus }) => corpus.name);
  return { pair, places, sha256, sources, cells };
}

/** Kinds are what the study says now, whenever samples were drawn. */
function ofKinds(cell: ResultCell, { prompts }: SurveyedPrompts): ResultCell {
  const known = cell.prompts.map((prompt, i) => ({ ...prompt, kind: prompts[i]?.kind ?? null }));
  return { ...cell, prompts: known };
}

/** null: it is not measured. */
export function planRecorded(planning: Planning, surveyed: SurveyedSamples): RecordedWork | null {
  const pair = { name: surveyed.corpus.name, stages: [] };
  const [cell] = surveyed.corpus.measures.map((measure) =>
    planCell(planning, pair, surveyed, measure, new Map()),
  );
  return cell ? { surveyed, cell } : null;
}

/** null: it is neither known nor measured this time. */
function planCell(
  { study, known, measures }: Planning,
  pair: Pair,
  place: SurveyedPlace,
  measure: Measure,
  sha256: ReadonlyMap<string, string>,
  sources: TradeoffSources | null = null,
): ResultCell | null {
  const cell = emptyCell(study, pair, place, measure, sha256, sources);
  // What can't be read at the moment makes nothing of the rounds that were measured.
  const isUnread = measure === "tradeoff" && sources === null;
  const found = isUnread ? cellAt(known, cell) : knownCell(known, cell);
  if (found === null && !measures.includes(measure)) return null;
  const planned = { ...cell, ...found, ...headOf(cell) };
  if (measure === "tradeoff") return { ...planned, isComplete: hasAllRounds(planned, study) };
  if (measure !== "samples") return planned;
  const hasChance = !study.samples.chance || withoutChance(planned).length === 0;
  const hasWriters = pair.stages.length === 0 || lacksNothing(planned, pair, study);
  return { ...planned, isComplete: planned.isComplete && hasChance && hasWriters };
}

/** A study may ask for more rounds than there are. */
function hasAllRounds({ isComplete, tradeoff }: ResultCell, study: Study): boolean {
  return isComplete && (tradeoff?.rounds.length ?? 0) > study.tradeoff.rounds;
}

/** What is known at a cell's place, whatever it depends on. */
function cellAt(known: StudyResult | null, cell: ResultCell): ResultCell | null {
  return known?.cells.find((other) => isSamePlace(other, cell)) ?? null;
}

/** What a study may change without changing a number. */
function headOf({ category, standsFor }: ResultCell) {
  return { category, standsFor };
}

/**
 * What is known of pairs and places that the study does not name at present, or that can't be read: it is kept, so that
 * nothing that was measured is lost by a name or a folder.
 */
export function unplanned(
  { study, known }: Planning,
  planned: readonly ResultCell[],
  works: readonly Pick<PairWork, "pair" | "places">[],
): ResultCell[] {
  const isPlanned = (cell: ResultCell) => planned.some((other) => isSamePlace(cell, other));
  const places = placesOf(study);
  // What was planned and has no cell has changed.
  const isOutdated = (cell: ResultCell) =>
    places.some((place) => isSamePlace(place, cell)) &&
    works.some((work) => work.pair.name === cell.pair && work.places.includes(cell.corpus));
  return (known?.cells ?? []).filter((cell) => !isPlanned(cell) && !isOutdated(cell));
}
