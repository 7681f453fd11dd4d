import * as z from "zod/mini";
import { parsedJson } from "./json";
import { type Run, RUN_VERSION, runSchema } from "./run";
import { MIGRATIONS } from "./runMigrations";

/** A file that is no run, or no run of a version this program reads; the message says which. */
export class RunFileError extends Error {
  override readonly name = "RunFileError";

  constructor(
    message: string,
    /** The file is not damaged: a newer Twinlens has written it. */
    readonly isNewer = false,
  ) {
    super(message);
  }
}

const headSchema = z.looseObject({
  format: z.literal("twinlens-run"),
  version: z.int().check(z.gte(1)),
});

/** Reads a run file of this version or an older one. @throws RunFileError */
export function parseRun(text: string): Run {
  const head = headSchema.safeParse(parsedJson(text));
  if (!head.success) throw new RunFileError("This is not a Twinlens run.");
  const { version } = head.data;
  if (version > RUN_VERSION) {
    throw new RunFileError(`Version ${version} of this run needs a newer Twinlens.`, true);
  }
  const current = MIGRATIONS.slice(version - 1).reduce<object>(
    (document, migrate) => migrate(document),
    head.data,
  );
  const run = runSchema.safeParse(current);
  if (!run.success) throw new RunFileError(`This run is damaged: ${z.prettifyError(run.error)}`);
  return run.data;
}
