import type { StudyResult } from "../../formats/study/studyResult";
import { atPlaces, isSamePlace, placesOf } from "../../formats/study/places";
import { resolveStudy } from "../../formats/study/resolveStudy";
import type { StudyFile } from "../../formats/study/studySchema";
import { distinct } from "../study/cells";
import type { CheckedResult, Place } from "./checkResult";

/**
 * The results that a study asks for, and those that are missing: results keep what was measured under a name that the
 * study does not have any more.
 */
export function askedFor(file: StudyFile, result: StudyResult): Omit<CheckedResult, "name"> {
  const study = resolveStudy(file, result.study, { name: "", stages: [] }, (path) => path);
  const recorded = study.recorded.map(({ name }) => name);
  const measured = distinct(result.cells.map(({ pair }) => pair)).filter(
    (name) => !recorded.includes(name),
  );
  // A study that names no pair is of whichever was measured.
  const pairs = file.pairs ?? measured.map((name) => ({ name }));
  const named = placesOf({ ...study, pairs: pairs.map(({ name }) => ({ name, stages: [] })) });
  const categories = new Map(study.corpora.map(({ name, category }) => [name, category]));
  const cells = atPlaces(result.cells, named);
  const missing = named
    .filter((place) => !cells.some((cell) => isSamePlace(place, cell)))
    .map((place): Place => ({
      ...place,
      category: categories.get(place.corpus) ?? "other",
      models: [],
    }));
  return { result: { ...result, cells }, missing };
}
