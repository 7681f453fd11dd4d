import { statSync } from "node:fs";
import { cancelled } from "../../engine/errors";
import { modelDigest } from "../../engine/modelFiles";
import { FileDecoder } from "../../jobs/files/fileDecoder";
import type { HeldModels } from "../../jobs/models/heldModels";
import { measureStream } from "../../jobs/scoring/measureStream";
import { type Role, ROLE_NAMES } from "../../protocol/roles";
import { type NamedModel, toScoreNumbers } from "../../report/document";
import { withoutBlocks } from "../../report/agreement";
import type { TextMeasures } from "../../report/measures";
import { LEAST_FILES } from "../../report/overall";
import { encodingWarning } from "../input/input";
import { readPieces } from "../input/readPieces";
import { toTable } from "../output/table";
import { heldModels } from "./heldModels";
import type { ScoringJob } from "./scoringJob";

/** Pieces of text that are read at a time, UTF-16 units: where models take turns, as much as a change of models is worth. */
const PIECE_UNITS = { together: 2 ** 16, inTurns: 2 ** 22 };

/**
 * The numbers of every text as a table. Texts are read, scored and forgotten piece by piece, under both models at once
 * where memory holds both: they may be of any length.
 * @returns null where no text could be measured
 * @throws EngineError `Cancelled`, or what keeps a model from being used at all
 */
export async function measureFiles(job: ScoringJob): Promise<string | null> {
  const { options, context, progress, problems, surroundings } = job;
  const { signal, version } = surroundings;
  const models = heldModels(job);
  const measured: TextMeasures[] = [];
  /** Notes what concerns one text, and throws what concerns them all. */
  const note = (file: string, error: unknown) => {
    if (models.failure !== null) throw models.failure;
    problems.note(file, error);
  };
  for (const file of options.files) {
    try {
      const found = await measureFile(job, models, file, (error) => note(file, error));
      if ((found.base ?? found.rlhf) !== null) measured.push(found);
    } catch (error) {
      note(file, error);
    }
    if (signal.aborted) throw cancelled();
    forgetBlocks(measured);
  }
  progress.clear();
  if (measured.length === 0) return null;
  const named = async (role: Role): Promise<NamedModel | null> => {
    const found = measured.find((text) => text[role] !== null)?.[role];
    return found ? { sha256: await modelDigest(found.model) } : null;
  };
  const pair = { base: await named("base"), rlhf: await named("rlhf") };
  return toTable(toScoreNumbers(version, pair, measured, context));
}

/** The file is read in the pace of the models. */
async function measureFile(
  { options, context, progress, problems, surroundings }: ScoringJob,
  models: HeldModels<Role>,
  file: string,
  onFailure: (error: unknown) => void,
): Promise<TextMeasures> {
  const { input, signal } = surroundings;
  const amount = new ReadAmount(file);
  // Asked for each piece: whether memory holds both models is known once both were loaded.
  const length = () => (models.together ? PIECE_UNITS.together : PIECE_UNITS.inTurns);
  const decoder = new FileDecoder(options.encoding);
  const onRead = (bytes: number, units: number) => amount.read(bytes, units);
  const measured = await measureStream({
    name: file,
    text: readPieces(file, input, decoder, length, onRead, signal),
    context: context?.text ?? "",
    models,
    settings: options.settings,
    // The table says how well the models predict, not how sharp they are.
    distribution: null,
    onFailure: (_role, error) => onFailure(error),
    onProgress: (role, reached) =>
      progress.show(`${ROLE_NAMES[role]}  ${file}`, amount.fractionAt(reached)),
    ...(options.agreement && {
      agreement: {
        onProgress: (reached: number) =>
          progress.show(`agreement  ${file}`, amount.fractionAt(reached)),
      },
    }),
    signal,
  });
  if (decoder.fault) problems.warn(encodingWarning(file, decoder.fault));
  return measured;
}

/** How much of a file is read, and what share of it an offset in its text is. */
class ReadAmount {
  private readonly size: number;
  private bytes = 0;
  private units = 0;

  constructor(file: string) {
    this.size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  read(bytes: number, units: number): void {
    this.bytes += bytes;
    this.units += units;
  }

  /** 0 .. 1; of a stream, whose size is not known, of what was read so far. */
  fractionAt(offset: number): number {
    const readShare = this.size > 0 ? Math.min(1, this.bytes / this.size) : 1;
    return this.units === 0 ? 0 : Math.min(1, offset / this.units) * readShare;
  }
}

/** Over this many files an interval draws whole files: what one within them would be drawn from is needed no more. */
function forgetBlocks(measured: TextMeasures[]): void {
  const comparisons = measured.flatMap(({ comparison }) => comparison ?? []);
  const isEnough = comparisons.length >= LEAST_FILES;
  const isEnoughCompared =
    comparisons.filter(({ agreement }) => agreement?.sums).length >= LEAST_FILES;
  measured.forEach(({ comparison, ...of }, i) => {
    if (comparison === null) return;
    const differences = isEnough ? null : comparison.differences;
    const agreement = isEnoughCompared
      ? comparison.agreement && withoutBlocks(comparison.agreement)
      : comparison.agreement;
    measured[i] = { ...of, comparison: { ...comparison, differences, agreement } };
  });
}
