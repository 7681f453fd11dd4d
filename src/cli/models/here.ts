/** Models of this machine by what users call them. */
import { basename } from "node:path";
import { isSameSource, parseSource, sourceText } from "../../formats/catalog/source";
import type { BegunModel } from "../../jobs/models/begun";
import type { ModelFileFacts } from "../../protocol/modelFiles";
import { Failure } from "../exit";
import type { KnownModels } from "./known";

type Here = Pick<KnownModels, "here" | "pairs" | "models">;

/**
 * The models that a name stands for: both of a pair, a catalogue's model wherever it lies, or what has this name, this file
 * name or this source; none where there is nothing.
 */
export function hereAs(name: string, { here, pairs, models }: Here): ModelFileFacts[] {
  const pair = pairs.find((one) => one.name === name);
  const model = models.find((one) => one.name === name);
  const offered = pair ? [pair.base, pair.rlhf] : model ? [model] : [];
  const paths = offered.map(({ path }) => path);
  if (offered.length > 0) return paths.flatMap((path) => here.filter((one) => one.path === path));
  return here.filter((one) => [one.name, one.source, basename(one.path)].includes(name));
}

/** What was begun of the model that a name stands for; null: nothing. */
export function begunAs(
  name: string,
  { begun, catalog }: Pick<KnownModels, "begun" | "catalog">,
): BegunModel | null {
  const known = catalog.find((model) => model.name === name);
  const isMeant = ({ source }: BegunModel) =>
    known
      ? isSameSource(parseSource(known.source), source)
      : [sourceText(source), source.fileName].includes(name);
  return begun.find(isMeant) ?? null;
}

/** Where the models of a name lie; none where there is nothing. @throws Failure where there are more than it may stand for */
export function namedPaths(name: string, known: Here): string[] {
  const paths = hereAs(name, known).map(({ path }) => path);
  if (paths.length > numberOf(name, known)) {
    throw new Failure(
      `Several models are called "${name}": ${paths.join(", ")}. Name one of these.`,
    );
  }
  return paths;
}

/** @throws Failure as {@link namedPaths}, and where there are fewer than it stands for */
export function pathsOf(name: string, known: Here): string[] {
  const paths = namedPaths(name, known);
  if (paths.length < numberOf(name, known)) throw notHere(name, known);
  return paths;
}

function numberOf(name: string, { pairs }: Here): number {
  return pairs.some((pair) => pair.name === name) ? 2 : 1;
}

export function notHere(name: string, { pairs, models }: Pick<Here, "pairs" | "models">): Failure {
  const isOffered = [...pairs, ...models].some((one) => one.name === name);
  return new Failure(
    isOffered
      ? `"${name}" is not on this machine yet: "twinlens models get ${name}" fetches it.`
      : `There is no model "${name}" on this machine: "twinlens models list" shows what there is.`,
  );
}
