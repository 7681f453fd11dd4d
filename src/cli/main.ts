import { once } from "node:events";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { formatNumber } from "../analysis/presentation/format";
import { ROLES } from "../protocol/roles";
import { promptSent, type Run } from "../formats/run";
import { readSamples } from "../jobs/files/samples";
import { readPrompts } from "../jobs/files/prompts";
import { alignSamples, byStage } from "./output/align";
import { toAnalysedRun, toAnchorsJson, toAnchorsTable } from "./commands/anchors";
import { toAnchorsPage } from "./output/anchorsPage";
import { parseScoreArguments } from "./arguments/arguments";
import { complain, say } from "./output/complain";
import { diversityOf, toDiversityJson, toDiversityTable } from "./runs/diversity";
import { ExitCode, UsageError } from "./exit";
import {
  ALIGN_HELP,
  ANCHORS_HELP,
  CHECK_HELP,
  HELP,
  SAMPLE_HELP,
  SCORE_HELP,
  STUDY_HELP,
} from "./arguments/help";
import { type Decoding, readInput } from "./input/input";
import { findModels, type Places } from "./arguments/modelPaths";
import { importRuns } from "./runs/importedRuns";
import { createProgress } from "./output/progress";
import {
  type AnalysedPrompts,
  analyseImported,
  analysePrompts,
  drawPrompts,
  type RunsRequest,
  type Surroundings,
} from "./runs/promptRuns";
import {
  type AnchorsOptions,
  type DrawOptions,
  drawingNote,
  parseAlignArguments,
  parseAnchorsArguments,
  parseSampleArguments,
  withNucleus,
} from "./arguments/runArguments";
import { parseCheckArguments } from "./arguments/checkArguments";
import { parseStudyArguments } from "./arguments/studyArguments";
import { check } from "./commands/check";
import { scoreFiles } from "./commands/score";
import { study } from "./commands/study";
import { untilSignal } from "./signals";

/** Composition root of the command line: what it knows of its surroundings is read here and handed on. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "score":
      return score(rest);
    case "sample":
      return sample(rest);
    case "align":
      return align(rest);
    case "anchors":
      return anchors(rest);
    case "study":
      return measureStudy(rest);
    case "check":
      return checkStudies(rest);
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
  const models = findModels(options, places());
  return untilSignal((signal) =>
    scoreFiles(options, models, {
      version: version(),
      engineScript: distFile("engine.mjs"),
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
  const models = findModels(options, places());
  return untilSignal((signal) =>
    study(options, models, {
      version: version(),
      engineScript: distFile("engine.mjs"),
      analyserScript: distFile("alignment.mjs"),
      messages: process.stderr,
      print: printSlowly,
      signal,
    }),
  );
}

async function checkStudies(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(CHECK_HELP);
  return check(parseCheckArguments(args), printSlowly);
}

async function sample(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(SAMPLE_HELP);
  const options = parseSampleArguments(args);
  warn(drawingNote(options));
  for (const run of await draw(options)) {
    for (const role of ROLES) {
      const drawn = run[role];
      if (drawn === null) continue;
      const samples = drawn.samples.map(({ text }) => text);
      print(
        `${JSON.stringify({ prompt: run.prompt, role, promptSent: promptSent(run, drawn), samples })}\n`,
      );
    }
  }
  return ExitCode.Success;
}

async function align(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(ALIGN_HELP);
  const { file, format, encoding } = parseAlignArguments(args);
  const { text } = await readInput(file, process.stdin, decoding(encoding));
  for (const part of alignSamples(byStage(readSamples(text)), format)) {
    await printSlowly(part);
  }
  return ExitCode.Success;
}

async function anchors(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return print(ANCHORS_HELP);
  const options = parseAnchorsArguments(args);
  if (options.imported === null) warn(drawingNote(options));
  if (options.nuclei !== null) return diversity(options, options.nuclei);
  const { works, chance } = await analyse(options);
  const analysed = works.map(toAnalysedRun);
  switch (options.format) {
    case "json":
      return print(toAnchorsJson(analysed, chance));
    case "table":
      return print(toAnchorsTable(analysed, chance));
    case "html":
      return print(toAnchorsPage(analysed, readFileSync(distFile("anchors.js"), "utf8"), chance));
  }
}

/** Finds the anchors of samples from a file, or of those of the prompts that were asked for. */
async function analyse(options: AnchorsOptions): Promise<AnalysedPrompts> {
  const { imported } = options;
  if (imported !== null) {
    const { text } = await readInput(imported, process.stdin, decoding(options.encoding));
    const runs = importRuns(imported, text, options, warn);
    return untilSignal((signal) =>
      analyseImported(runs, options, options.runs, surroundings(signal)),
    );
  }
  const prompts = await promptsOf(options);
  return untilSignal((signal) => analysePrompts(request(options, prompts, signal), options));
}

/** Draws the prompts at one nucleus after another; every one has its own runs. */
async function diversity(options: AnchorsOptions, nuclei: readonly number[]): Promise<number> {
  const prompts = await promptsOf(options);
  const rows = await untilSignal(async (signal) => {
    const found = [];
    for (const topP of nuclei) {
      const runs = await drawPrompts(request(withNucleus(options, topP), prompts, signal));
      found.push(...diversityOf(runs, topP));
    }
    return found;
  });
  return print(options.format === "json" ? toDiversityJson(rows) : toDiversityTable(rows));
}

/** Draws the prompts that were asked for. */
async function draw(options: DrawOptions): Promise<Run[]> {
  // While standard input is awaited there is nothing to save: signals end the command as usual.
  const prompts = await promptsOf(options);
  return untilSignal((signal) => drawPrompts(request(options, prompts, signal)));
}

/** With a folder for runs, what is drawn is kept when a signal ends the command. */
function request(
  options: DrawOptions,
  prompts: readonly string[],
  signal: AbortSignal,
): RunsRequest {
  const around = surroundings(signal);
  return {
    ...around,
    prompts,
    options,
    models: findModels(options, places()),
    engineScript: distFile("engine.mjs"),
    warn(message) {
      around.progress.clear();
      void say(message);
    },
  };
}

function surroundings(signal: AbortSignal): Surroundings {
  const progress = createProgress(process.stderr);
  return { analyserScript: distFile("alignment.mjs"), progress, signal };
}

/** A file beside this one. */
function distFile(name: string): string {
  return join(import.meta.dirname, name);
}

async function promptsOf(options: DrawOptions): Promise<readonly string[]> {
  if (options.prompts === null) return [options.prompt ?? ""];
  const { text } = await readInput(options.prompts, process.stdin, decoding(options.encoding));
  const { prompts, repeated } = readPrompts(text);
  const again = `${formatNumber(repeated, 0)} of the prompts are listed again, and count once.`;
  warn(repeated > 0 ? `${options.prompts}: ${again}` : null);
  return prompts;
}

function decoding(encoding: string | null): Decoding {
  return { encoding, warn };
}

/** Says what does not keep the command from its work, if there is such a thing. */
function warn(message: string | null): void {
  if (message !== null) void say(message);
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
