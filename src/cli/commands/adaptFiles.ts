import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { modelFiles } from "../../engine/modelFiles";
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
  const checkpoint = `${out}.checkpoint`;
  await checkFolder(dirname(out));
  await checkOut(out, model, overwrite || resume);
  const isKept = (await stateOf(checkpoint)) !== null;
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

async function checkFolder(folder: string): Promise<void> {
  const found = await stateOf(folder);
  if (found === null) throw new Failure(`There is no folder ${folder} to write --out into.`);
  if (!found.isDirectory()) throw new Failure(`${folder}, where --out is to be, is no folder.`);
  await access(folder, constants.W_OK).catch(() => {
    throw new Failure(`${folder} can't be written into: choose another --out.`);
  });
}

/** @param mayBeThere what an interrupted training has written is its own */
async function checkOut(out: string, model: string, mayBeThere: boolean): Promise<void> {
  const found = await stateOf(out);
  if (found === null) return;
  if (!found.isFile()) throw new Failure(`${out} is no file: choose another --out.`);
  const files = modelFiles(model).map((file) => realpath(file).catch(() => null));
  if ((await Promise.all(files)).includes(await realpath(out))) {
    throw new Failure("--out is the model that is adapted: choose another file.");
  }
  if (!mayBeThere) {
    throw new Failure(`${out} is there already: choose another --out, or add --overwrite.`);
  }
}

/** null: nothing is there. */
function stateOf(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
