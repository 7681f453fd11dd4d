import { createInterface } from "node:readline/promises";
import { formatBytes } from "../../analysis/presentation/format";
import { isSameSource } from "../../formats/catalog/source";
import { askModel, bytesOf } from "../../jobs/models/askModel";
import { DownloadError } from "../../jobs/models/transfer/downloadError";
import { Failure, UsageError } from "../exit";
import { type PlannedModel, planText } from "../output/models";
import { type Getting, orCancelled } from "./getting";
import type { NamedModel } from "./known";

/**
 * Asks how large models are.
 * @returns null where the hub does not give one of them, which was said
 */
export async function plan(
  models: readonly NamedModel[],
  getting: Getting,
): Promise<readonly PlannedModel[] | null> {
  const { problems, signal } = getting;
  const planned = await Promise.all(
    models.map((model) =>
      problems.noting(model.name, orCancelled(plannedModel(model, getting), signal)),
    ),
  );
  const given = planned.filter((model) => model !== null);
  return given.length < planned.length ? null : given;
}

/** @throws DownloadError, with what the catalogue was not sure of */
async function plannedModel(model: NamedModel, getting: Getting): Promise<PlannedModel> {
  const { known, token, downloader, signal } = getting;
  const { source, known: entry } = model;
  try {
    const files = await askModel(source, { hub: known.hub, token }, downloader, signal);
    return { ...model, bytes: bytesOf(files) ?? entry?.bytes ?? null };
  } catch (error) {
    if (!(error instanceof DownloadError) || entry?.caution === undefined) throw error;
    throw new DownloadError(error.kind, `${error.message} The catalogue says: ${entry.caution}`);
  }
}

/**
 * Shows what would be fetched, and asks.
 * @returns whether it is to be
 * @throws Failure where the disk is too full, UsageError where nobody can be asked, EngineError `Cancelled`
 */
export async function agree(planned: readonly PlannedModel[], getting: Getting): Promise<boolean> {
  const { known, options, input, messages, signal } = getting;
  messages.write(planText(planned, known));
  checkSpace(planned, getting);
  if (options.yes) return true;
  if (!input.isTTY || !messages.isTTY || options.tokenOnInput) {
    throw new UsageError("Nobody can be asked here: --yes agrees to the licences and the sizes.");
  }
  // Not as a terminal, where Ctrl+C would be a key and no signal.
  const asking = createInterface({ input, output: messages, terminal: false });
  try {
    const question = asking.question("Fetch it, under its licence? [y/N] ", { signal });
    const isAgreed = /^\s*y(?:es)?\s*$/iu.test(await orCancelled(question, signal));
    if (!isAgreed) messages.write("twinlens: Nothing was fetched.\n");
    return isAgreed;
  } finally {
    asking.close();
  }
}

/** @throws Failure where all of it together does not fit on the disk */
function checkSpace(planned: readonly PlannedModel[], { known }: Getting): void {
  const { begun, folder, freeBytes } = known;
  let needed = planned.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  for (const { source, bytes } of begun) {
    if (planned.some((model) => isSameSource(model.source, source))) needed -= bytes;
  }
  if (freeBytes === null || needed <= freeBytes) return;
  throw new Failure(
    `The disk of ${folder} is too full: ${formatBytes(needed)} are to come, and ${formatBytes(freeBytes)} are free. Make room, or choose a folder on another disk by --to.`,
  );
}
