import { dirname } from "node:path";
import {
  checkpointOf,
  isTrainingKept,
  lookAtOut,
  type OutProblem,
} from "../../jobs/adaptation/outFiles";
import type { AdaptOptions } from "../arguments/adaptArguments";
import { Failure } from "../exit";

/**
 * Where training is kept, once it is sure that what it takes hours for can be written.
 * @param model its file
 * @throws Failure
 */
export async function adaptFiles(
  { out, overwrite, resume }: Pick<AdaptOptions, "out" | "overwrite" | "resume">,
  model: string,
): Promise<string> {
  const checkpoint = checkpointOf(out);
  const { problem, isThere } = await lookAtOut(out, model);
  if (problem !== null) throw new Failure(PROBLEMS[problem](out));
  // What an interrupted training has written is its own.
  if (isThere && !overwrite && !resume) {
    throw new Failure(`${out} is there already: choose another --out, or add --overwrite.`);
  }
  const isKept = await isTrainingKept(out);
  if (resume && !isKept) {
    throw new Failure(`There is no ${checkpoint} to go on with: leave out --resume.`);
  }
  if (!resume && isKept) {
    throw new Failure(
      `${checkpoint} is of a training that was interrupted: go on with it with --resume, or delete it.`,
    );
  }
  return checkpoint;
}

const PROBLEMS: Readonly<Record<OutProblem, (out: string) => string>> = {
  noFolder: (out) => `There is no folder ${dirname(out)} to write --out into.`,
  isInFile: (out) => `${dirname(out)}, where --out is to be, is no folder.`,
  isLocked: (out) => `${dirname(out)} can't be written into: choose another --out.`,
  isNoFile: (out) => `${out} is no file: choose another --out.`,
  isOther: (out) =>
    `${out} is there already, and no GGUF file: it stays as it is. Choose another --out.`,
  isModel: () => "--out is the model that is adapted: choose another file.",
};
