import { visibleText } from "../../analysis/presentation/format";
import { cancelled } from "../../engine/errors";
import { isSameRevision, isSameSource, sourceOrNull } from "../../formats/catalog/source";
import { digestsOf } from "../../jobs/models/digests";
import { getModel } from "../../jobs/models/getModel";
import { recordOf } from "../../jobs/models/kept";
import { filesOf } from "../../jobs/models/sources";
import { createDownloader } from "../../jobs/models/transfer/downloader";
import type { Digest, TransferProgress } from "../../jobs/models/transfer/transfer";
import type { ModelFileFacts } from "../../protocol/modelFiles";
import { pairsFile } from "../arguments/modelPaths";
import type { GetModels } from "../arguments/modelsArguments";
import { ExitCode, Failure, UsageError } from "../exit";
import { FetchProgress } from "../models/fetchProgress";
import { type Getting, orCancelled } from "../models/getting";
import { type KnownModels, type NamedModel, namedModels } from "../models/known";
import { offerPairs } from "../models/offerPairs";
import { agree, plan } from "../models/plan";
import type { ModelsSurroundings } from "../models/surroundings";
import { readToken } from "../models/token";
import type { PlannedModel } from "../output/models";
import { Problems } from "../output/problems";
import { createProgress } from "../output/progress";

/**
 * Fetches models side by side, and prints where they lie; a pair that is whole then can be scored by its name.
 * @returns the exit code
 * @throws EngineError `Cancelled` where it was interrupted: the same call goes on
 */
export async function getModels(
  options: GetModels,
  known: KnownModels,
  { places, downloadScript, input, messages, print, signal }: ModelsSurroundings,
): Promise<number> {
  const named = namedModels(options.names, known);
  if (options.sha256 !== null) checkOneFile(named);
  const token = await readToken(options.tokenOnInput, input, places.environment, signal);
  const progress = createProgress(messages);
  const problems = new Problems(messages, progress);
  const downloader = createDownloader(downloadScript);
  const around = { options, known, token, input, messages, signal };
  const getting: Getting = { ...around, downloader, progress, problems };
  try {
    const paths = await pathsOfAll(named, getting);
    for (const { name } of named)
      if (paths.has(name)) await print(`${visibleText(paths.get(name)!)}\n`);
    await offerPairs(paths, pairsFile(places), getting);
    return paths.size < named.length || problems.count > 0 ? ExitCode.Failure : ExitCode.Success;
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    progress.clear();
    await downloader.close();
  }
}

/** @throws UsageError where a digest was named of a model that has several files, or of a pair */
function checkOneFile(named: readonly NamedModel[]): void {
  const files = named.flatMap(({ source }) => filesOf(source, ""));
  if (files.length > 1) throw new UsageError("--sha256 is of a model of one file.");
}

/** Where models lie by name, once all that were missing have come, or it was said why one did not. */
async function pathsOfAll(
  named: readonly NamedModel[],
  getting: Getting,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const model of named) {
    const path = await hereAlready(model, getting);
    if (path !== null) paths.set(model.name, path);
  }
  const missing = named.filter(({ name }) => !paths.has(name));
  const planned = missing.length === 0 ? null : await plan(missing, getting);
  if (planned !== null && (await agree(planned, getting))) {
    const fetched = await fetchAll(planned, getting);
    for (const [name, path] of fetched) paths.set(name, path);
  }
  return paths;
}

/**
 * Where the model lies already; null: nowhere.
 * @throws Failure where the digest that was named is another one
 */
async function hereAlready(
  model: NamedModel,
  { known, options, problems }: Getting,
): Promise<string | null> {
  const here = known.here.find((one) => isModel(one, model));
  if (!here) return null;
  const isOurs = here.owner === "Twinlens";
  // A folder that was named is where the model is wanted, and a digest says more than other programs do.
  if (!isOurs && (options.folder !== null || options.sha256 !== null)) return null;
  const [sha256] = (await recordOf(here.path))?.sha256 ?? [];
  if (options.sha256 !== null && sha256 !== options.sha256) {
    throw new Failure(
      `${here.path} is there already, and its sha256 is ${sha256}. To fetch it anew, remove it first: twinlens models remove ${here.name}`,
    );
  }
  problems.warn(`${model.name} is there already${isOurs ? "" : ` (${here.owner})`}.`);
  return here.path;
}

/** Of what we have fetched ourselves the revision is known. */
function isModel({ source, owner }: ModelFileFacts, model: NamedModel): boolean {
  const found = source === null ? null : sourceOrNull(source);
  if (found === null || !isSameSource(found, model.source)) return false;
  return owner !== "Twinlens" || isSameRevision(found, model.source);
}

/** Where those lie that came. Of the others it was said what became of them. */
async function fetchAll(
  planned: readonly PlannedModel[],
  getting: Getting,
): Promise<ReadonlyMap<string, string>> {
  const { known, options, token, downloader, progress, problems, messages, signal } = getting;
  const places = { folder: known.folder, hub: known.hub, token };
  const sizes = new Map(planned.map(({ name, bytes }) => [name, bytes]));
  const line = new FetchProgress(sizes, progress, problems);
  const paths = new Map<string, string>();
  const fetchOne = async (model: PlannedModel) => {
    const { name, source } = model;
    const wanted = { name, source, digests: wantedDigests(model, options) };
    const tell = (now: TransferProgress) => line.show(name, now);
    const fetching = getModel(wanted, places, downloader, tell, signal);
    const got = await problems.noting(name, orCancelled(fetching, signal));
    line.end(name);
    if (got === null) return;
    paths.set(name, got.path);
    progress.clear();
    messages.write(`twinlens: ${visibleText(name)} is there; ${await verifiedText(got.path)}\n`);
  };
  const ends = await Promise.allSettled(planned.map(fetchOne));
  if (signal.aborted) problems.warn("What was fetched stays: the same command goes on with it.");
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return paths;
}

function wantedDigests(
  { known: entry, source }: PlannedModel,
  { sha256 }: GetModels,
): readonly Digest[] | null {
  if (sha256 !== null) return [{ algorithm: "sha256", hex: sha256, by: "user" }];
  return digestsOf(entry, source);
}

/** Who says that it is what it is to be. */
async function verifiedText(path: string): Promise<string> {
  const record = await recordOf(path);
  switch (record?.verifiedBy) {
    case "catalogue":
      return "its sha256 is the catalogue's.";
    case "hub":
      return "its sha256 is the hub's.";
    case "user":
      return "its sha256 is the one that you have named.";
    case undefined:
    case null:
      return `not verified: nobody names its sha256, which is ${(record?.sha256 ?? []).join(", ")}.`;
  }
}
