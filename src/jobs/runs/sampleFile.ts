/** Files of samples, read from the disk: what is in them, and the runs that become of it. */
import { readFile } from "node:fs/promises";
import type { RunSide } from "../../formats/run";
import { serializeRun } from "../../formats/serializeRun";
import {
  PROMPT_START,
  type SamplesChoice,
  type SamplesFile,
  type SamplesOfPrompt,
  type SamplesSurvey,
} from "../../protocol/sampleFiles";
import { decodeFile, faultText } from "../files/fileDecoder";
import { RecordError } from "../files/records";
import { type ImportedPrompt, readSamples } from "../files/samples";
import { saveFile } from "../store/saveFile";
import { importedRun, importedSide } from "./importedRun";
import { groupsOf, namedSides } from "./sampleGroups";

/**
 * What a file holds of samples. null: it is a run's file.
 * @throws RecordError, or what the file system has against reading
 */
export async function surveySamples(file: SamplesFile): Promise<SamplesSurvey | null> {
  const { text, fault } = await readText(file);
  // Within a text the quotes would be escaped.
  if (/"format"\s*:\s*"twinlens-run"/u.test(text)) return null;
  const prompts = readSamples(text);
  const groups = groupsOf(prompts);
  return {
    prompts: prompts.map(({ prompt, samples }) => ({
      prompt: prompt.slice(0, PROMPT_START),
      samples: samples.length,
    })),
    groups,
    named: namedSides(groups),
    fault: fault && faultText(file.name, fault),
  };
}

/**
 * Writes a run for each chosen prompt that has samples of either side, aligned when it is opened first.
 * @returns their files
 * @throws as {@link surveySamples}, or what the file system has against writing
 */
export async function importRuns({ file, sides, runs }: SamplesChoice): Promise<string[]> {
  const prompts = await promptsOf(file);
  const created = new Date().toISOString();
  const write = async ({ prompt, file: path }: SamplesChoice["runs"][number]) => {
    const run = importedRun(file.name, created, sides, promptAt(prompts, prompt));
    if (run.base === null && run.rlhf === null) return [];
    await saveFile(path, serializeRun(run));
    return [path];
  };
  const written: string[] = [];
  for (let first = 0; first < runs.length; first += WRITTEN_AT_ONCE) {
    const paths = await Promise.all(runs.slice(first, first + WRITTEN_AT_ONCE).map(write));
    written.push(...paths.flat());
  }
  return written;
}

/** Files that are written at once: the disk is waited for much longer than written to. */
const WRITTEN_AT_ONCE = 16;

/** The samples that one prompt has of a group. @throws as {@link surveySamples}; RecordError where there are none */
export async function takeSamples({ file, prompt, group }: SamplesOfPrompt): Promise<RunSide> {
  const { samples } = promptAt(await promptsOf(file), prompt);
  const side = importedSide(file.name, group, samples);
  if (side === null) throw new RecordError("The prompt has no samples of that kind.");
  return side;
}

async function promptsOf(file: SamplesFile): Promise<ImportedPrompt[]> {
  return readSamples((await readText(file)).text);
}

async function readText({ path, encoding }: SamplesFile) {
  return decodeFile(await readFile(path), encoding);
}

/** @throws RecordError where the file was changed meanwhile */
function promptAt(prompts: readonly ImportedPrompt[], place: number): ImportedPrompt {
  const prompt = prompts[place];
  if (prompt === undefined) throw new RecordError("The file has changed. Import it again.");
  return prompt;
}
