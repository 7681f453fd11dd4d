/** What a panel shows of a study's cells: planned by its file, measured as its results say. */
import { isSamePlace, type Place, placesOf } from "../../formats/study/places";
import type { ResultCell } from "../../formats/study/studyResult";
import { isGold, placeName } from "../../jobs/study/cells";
import { shareOf } from "../../jobs/study/studyPace";
import type { StudyCellState, StudyCellView } from "../../protocol/studyPanel";
import type { StudyFiles } from "./readFiles";

/** What only a study that runs, or has run, knows. */
export interface RunNow {
  readonly isRunning: boolean;
  /** Complete before it ran. */
  readonly kept: ReadonlySet<ResultCell>;
  /** By the pair's or the corpus' name, or that of both. */
  readonly failures: ReadonlyMap<string, string>;
}

export function cellViews(files: StudyFiles, run: RunNow): StudyCellView[] {
  const now = run.isRunning ? measuredNow(files, run) : [];
  return placesIn(files).map((place) => ({
    model: place.pair,
    corpus: place.corpus,
    measure: place.measure,
    state: stateOf(place, files, run, now),
  }));
}

/** Cells that are, or were, complete. */
export function countMeasured(views: readonly StudyCellView[]): number {
  return views.filter(({ state: { kind } }) => kind === "done" || kind === "cached").length;
}

/**
 * The cells that are measured in one go: of the first pair and corpus that lack any, those of texts as they are, else the first,
 * as `runPair` goes through them. Samples from elsewhere, which stand behind the pairs, are measured before them.
 */
export function measuredNow(files: StudyFiles, { failures }: RunNow): readonly ResultCell[] {
  const missing = (files.result?.cells ?? []).filter(
    (cell) => !cell.isComplete && reasonOf(cell, failures) === null,
  );
  const recorded = new Set(files.at?.study.recorded.map(({ name }) => name));
  const first = missing.find(({ corpus }) => recorded.has(corpus)) ?? missing[0];
  const here = missing.filter(
    ({ pair, corpus }) => pair === first?.pair && corpus === first.corpus,
  );
  const gold = here.filter(isGold);
  return gold.length > 0 ? gold : here.slice(0, 1);
}

function placesIn({ at, result }: StudyFiles): readonly Place[] {
  return at === null ? (result?.cells ?? []) : placesOf(at.study);
}

function stateOf(
  place: Place,
  files: StudyFiles,
  { kept, failures }: RunNow,
  now: readonly ResultCell[],
): StudyCellState {
  const cell = files.result?.cells.find((one) => isSamePlace(one, place));
  if (cell?.isComplete === true) return { kind: kept.has(cell) ? "cached" : "done" };
  const reason = reasonOf(place, failures);
  if (reason !== null) return { kind: "failed", reason };
  const fraction = cell ? fractionOf(cell, files) : 0;
  // One that was interrupted shows how far it came.
  if (fraction > 0) return { kind: "running", fraction };
  return cell && now.includes(cell) ? { kind: "running", fraction: null } : { kind: "waiting" };
}

/** Why a cell can't be measured; null: it can, as far as is known. */
function reasonOf(
  { pair, corpus }: Pick<Place, "pair" | "corpus">,
  failures: RunNow["failures"],
): string | null {
  const names = [pair, corpus, placeName(pair, corpus)];
  return names.map((name) => failures.get(name)).find((reason) => reason !== undefined) ?? null;
}

function fractionOf(cell: ResultCell, { at }: StudyFiles): number {
  if (at !== null) return shareOf(cell, at.study);
  return cell.read.documents === 0 ? 0 : cell.measured / cell.read.documents;
}
