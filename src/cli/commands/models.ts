import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { visibleText } from "../../analysis/presentation/format";
import { discardModel } from "../../jobs/models/getModel";
import { NotKept, removeKept } from "../../jobs/models/kept";
import { DownloadError } from "../../jobs/models/transfer/downloadError";
import type { ModelsOptions } from "../arguments/modelsArguments";
import { ExitCode, Failure } from "../exit";
import { begunAs, namedPaths, notHere, pathsOf } from "../models/here";
import { type KnownModels, knownModels } from "../models/known";
import type { ModelsSurroundings } from "../models/surroundings";
import { toModelsJson, toModelsTable } from "../output/models";
import { getModels } from "./getModels";

/**
 * Lists models, fetches them, removes them, or says where they lie.
 * @returns the exit code
 */
export async function models(
  options: ModelsOptions,
  surroundings: ModelsSurroundings,
): Promise<number> {
  const { places, platform, messages, print } = surroundings;
  const known = await knownModels(options, places, platform);
  for (const problem of known.problems) messages.write(`twinlens: ${visibleText(problem)}\n`);
  switch (options.work) {
    case "list":
      await print(options.format === "json" ? toModelsJson(known) : toModelsTable(known));
      return ExitCode.Success;
    case "get":
      return getModels(options, known, surroundings);
    case "remove":
      for (const name of options.names) await remove(name, known, messages);
      return ExitCode.Success;
    case "path":
      await print(`${pathsOf(options.name, known).map(visibleText).join("\n")}\n`);
      return ExitCode.Success;
  }
}

/** @throws Failure where nothing of that name can be removed */
async function remove(name: string, known: KnownModels, messages: Writable): Promise<void> {
  const { folder, hub } = known;
  const say = (what: string) => messages.write(`twinlens: ${visibleText(what)} is removed.\n`);
  const meant = existsSync(name) ? [resolve(name)] : namedPaths(name, known);
  const begun = begunAs(name, known);
  if (meant.length === 0 && begun === null) throw notHere(name, known);
  try {
    for (const path of meant) {
      await removeKept(path, folder);
      say(path);
    }
    if (begun !== null) {
      await discardModel(begun.source, { folder, hub, token: null });
      say(`What was begun of ${name}`);
    }
  } catch (error) {
    if (!(error instanceof NotKept || error instanceof DownloadError)) throw error;
    throw new Failure(error.message);
  }
}
