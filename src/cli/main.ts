import { once } from "node:events";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { registryOf } from "../jobs/models/gpu/builds";
import { readSamples } from "../jobs/files/samples";
import { parseAdaptArguments } from "./arguments/adaptArguments";
import { ADAPT_HELP } from "./arguments/adaptHelp";
import { parseScoreArguments } from "./arguments/arguments";
import { parseCheckArguments } from "./arguments/checkArguments";
import {
  ALIGN_HELP,
  ANCHORS_HELP,
  CHECK_HELP,
  HELP,
  SAMPLE_HELP,
  SCORE_HELP,
  STUDY_HELP,
} from "./arguments/help";
import { PROBE_HELP } from "./arguments/probeHelp";
import { GPU_HELP, MODELS_HELP } from "./arguments/fetchHelp";
import { gpuFolder } from "./arguments/dataFolder";
import { parseGpuArguments } from "./arguments/gpuArguments";
import type { Places } from "./arguments/modelPaths";
import { parseModelsArguments } from "./arguments/modelsArguments";
import { parseProbeArguments } from "./arguments/probeArguments";
import {
  parseAlignArguments,
  parseAnchorsArguments,
  parseSampleArguments,
} from "./arguments/runArguments";
import { parseStudyArguments } from "./arguments/studyArguments";
import { adapt } from "./commands/adapt";
import { check } from "./commands/check";
import { gpu } from "./commands/gpu";
import { models } from "./commands/models";
import { probe } from "./commands/probe";
import { anchors, type RunsSurroundings, sample } from "./commands/runs";
import { scoreFiles } from "./commands/score";
import { study } from "./commands/study";
import type { EngineSurroundings } from "./commands/surroundings";
import { ExitCode, UsageError } from "./exit";
import { readInput } from "./input/input";
import { modelsToUse } from "./models/usedModels";
import { alignSamples, byStage } from "./output/align";
import { complain, say } from "./output/complain";
import { untilSignal } from "./signals";

/** Composition root of the command line: what it knows of its surroundings is read here and handed on. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "score":
      return score(rest);
    case "sample":
      return sampleRuns(rest);
    case "align":
      return align(rest);
    case "anchors":
      return findAnchors(rest);
    case "study":
      return measureStudy(rest);
    case "probe":
      return probeStates(rest);
    case "adapt":
      return adaptModel(rest);
    case "check":
      return checkStudies(rest);
    case "gpu":
      return gpuBuilds(rest);
    case "models":
      return manageModels(rest);
    case "--version":
      return print(`${version()}\n`);
    case undefined:
    case "help":
    case "-h":
    case "--help":
      return print(HELP);
    default:
      throw new UsageError(`"${command}" is no command of twinlens.`);
  }
}

async function score(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(SCORE_HELP);
  const options = parseScoreArguments(args);
  const used = await modelsToUse(options, places());
  return untilSignal((signal) =>
    scoreFiles(options, used, {
      version: version(),
      engineScript: distFile("engine.mjs"),
      gpuFolder: gpuFolder(places()),
      input: process.stdin,
      output: process.stdout,
      messages: process.stderr,
      environment: process.env,
      signal,
    }),
  );
}

async function measureStudy(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(STUDY_HELP);
  const options = parseStudyArguments(args);
  const used = await modelsToUse(options, places());
  return untilSignal((signal) =>
    study(options, used, {
      ...engineSurroundings(signal),
      version: version(),
      analyserScript: distFile("alignment.mjs"),
    }),
  );
}

async function probeStates(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(PROBE_HELP);
  const options = parseProbeArguments(args);
  const named = {
    base: options.written?.by ?? null,
    baseAdapter: options.written?.adapter ?? null,
    rlhf: options.model,
    rlhfAdapter: options.adapter,
    pair: null,
  };
  const { base: writer, rlhf: reader } = await modelsToUse(named, places());
  return untilSignal((signal) =>
    probe(options, { reader: reader!, writer }, engineSurroundings(signal)),
  );
}

async function adaptModel(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(ADAPT_HELP);
  const options = parseAdaptArguments(args);
  const { rlhf: model } = await modelsToUse(
    { base: null, rlhf: options.model, pair: null, baseAdapter: null, rlhfAdapter: null },
    places(),
  );
  return untilSignal((signal) => adapt(options, model!.path, engineSurroundings(signal)));
}

function engineSurroundings(signal: AbortSignal): EngineSurroundings {
  return {
    engineScript: distFile("engine.mjs"),
    gpuFolder: gpuFolder(places()),
    messages: process.stderr,
    print: printSlowly,
    signal,
  };
}

async function checkStudies(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(CHECK_HELP);
  return check(parseCheckArguments(args), printSlowly);
}

async function gpuBuilds(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(GPU_HELP);
  const options = parseGpuArguments(args);
  return untilSignal((signal) =>
    gpu(options, {
      folder: gpuFolder(places()),
      registry: registryOf(process.env),
      engineScript: distFile("engine.mjs"),
      downloadScript: distFile("download.mjs"),
      messages: process.stderr,
      print: printSlowly,
      signal,
    }),
  );
}

async function manageModels(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(MODELS_HELP);
  const options = parseModelsArguments(args);
  return untilSignal((signal) =>
    models(options, {
      places: places(),
      platform: process.platform,
      downloadScript: distFile("download.mjs"),
      input: process.stdin,
      messages: process.stderr,
      print: printSlowly,
      signal,
    }),
  );
}

async function sampleRuns(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(SAMPLE_HELP);
  return print(await sample(parseSampleArguments(args), runsSurroundings()));
}

async function findAnchors(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(ANCHORS_HELP);
  return print(await anchors(parseAnchorsArguments(args), runsSurroundings()));
}

function runsSurroundings(): RunsSurroundings {
  return {
    places: places(),
    engineScript: distFile("engine.mjs"),
    gpuFolder: gpuFolder(places()),
    analyserScript: distFile("alignment.mjs"),
    pageScript: distFile("anchors.js"),
    input: process.stdin,
    messages: process.stderr,
    warn,
  };
}

async function align(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(ALIGN_HELP);
  const { file, format, encoding } = parseAlignArguments(args);
  const { text } = await readInput(file, process.stdin, { encoding, warn });
  for (const part of alignSamples(byStage(readSamples(text)), format)) {
    await printSlowly(part);
  }
  return ExitCode.Success;
}

/** A file beside this one. */
function distFile(name: string): string {
  return join(import.meta.dirname, name);
}

/** Says what does not keep a command from its work. */
function warn(message: string): void {
  void say(message);
}

function places(): Places {
  return {
    folder: join(import.meta.dirname, "..", "models"),
    environment: process.env,
    home: homedir(),
  };
}

function asksForHelp(args: readonly string[]): boolean {
  return args.includes("-h") || args.includes("--help");
}

function version(): string {
  const file = readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

/** Waits for a slow reader: what it has not read yet would fill the memory. */
async function printSlowly(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

function print(text: string): number {
  process.stdout.write(text);
  return ExitCode.Success;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, as in `twinlens … | head`, is no failure.
  if (error.code === "EPIPE") process.exit(ExitCode.Success);
  void complain(error, "twinlens: The output could not be written").then((code) =>
    process.exit(code),
  );
});
// Where nothing can be said the exit code still tells.
process.stderr.on("error", () => undefined);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // What keeps the output from being written has been told above.
  if (!process.stdout.errored) process.exitCode = await complain(error);
}
