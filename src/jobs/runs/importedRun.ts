import { formatNumber } from "../../analysis/presentation/format";
import { bareSide, NOT_SCORED, type Run, RUN_VERSION, type RunSide } from "../../formats/run";
import { RunFileError } from "../../formats/parseRun";
import { IMPORTED_SAMPLES } from "../../protocol/bounds";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import type { SampleGroup, Sides } from "../../protocol/sampleFiles";
import { RecordError } from "../files/records";
import type { ImportedPrompt, ImportedSample } from "../files/samples";
import { runName } from "./newRun";
import { groupName, isOf } from "./sampleGroups";

/**
 * A run of samples from a file of that name, each group in its model's place: nothing is scored. It is named after its
 * prompt, or after the file.
 * @throws RecordError where a prompt has more than can be aligned
 */
export function importedRun(
  file: string,
  created: string,
  sides: Sides,
  { prompt, samples }: ImportedPrompt,
): Run {
  const [rlhf, base] = [sides.rlhf, sides.base].map(
    (group) => group && importedSide(file, group, samples),
  );
  return {
    format: "twinlens-run",
    version: RUN_VERSION,
    name: runName(prompt) || file,
    created,
    about: null,
    prompt,
    settings: {
      samples: Math.max(rlhf?.samples.length ?? 0, base?.samples.length ?? 0),
      seed: 0,
      maxTokens: null,
      resumed: false,
    },
    scorers: { base: null, rlhf: null },
    rlhf: rlhf ?? null,
    base: base ?? null,
  };
}

/** A run with samples in the place of a model that it has none of. @throws RunFileError where it has some */
export function withSide(run: Run, role: Role, side: RunSide): Run {
  if (run[role] !== null) throw new RunFileError(`The run has samples of ${ROLE_NAMES[role]}.`);
  const samples = Math.max(run.settings.samples, side.samples.length);
  return { ...run, [role]: side, settings: { ...run.settings, samples } };
}

/**
 * The samples of a group, in a model's place. null: there are none.
 * @throws RecordError where there are more than can be aligned
 */
export function importedSide(
  file: string,
  group: SampleGroup,
  samples: readonly ImportedSample[],
): RunSide | null {
  const taken = withinLimit(samples.filter((sample) => isOf(sample, group)));
  if (taken.length === 0 && samples.length > 0) return null;
  const of = groupName(group);
  return bareSide({
    source: { kind: "file", name: file, ...(of !== null && { of }) },
    samples: taken.map(({ text }, index) => ({
      index,
      ended: null,
      text,
      tokens: null,
      scored: NOT_SCORED,
    })),
  });
}

/** Characters of one prompt's samples; not every machine has the memory to align more. */
const MOST_CHARACTERS = 10_000_000;

/** @throws RecordError where it is more than can be aligned */
export function withinLimit(samples: readonly ImportedSample[]): readonly ImportedSample[] {
  const characters = samples.reduce((sum, { text }) => sum + text.length, 0);
  checkAmount("One prompt has", samples.length, "samples", IMPORTED_SAMPLES.most);
  checkAmount("The samples of one prompt have", characters, "characters", MOST_CHARACTERS);
  return samples;
}

/** @throws RecordError */
function checkAmount(what: string, have: number, unit: string, most: number): void {
  if (have <= most) return;
  const [has, can] = [have, most].map((n) => formatNumber(n, 0));
  throw new RecordError(`${what} ${has} ${unit}; at most ${can} can be aligned. Take fewer.`);
}
