/** Probes that are kept in a folder: each a file of weights (`ID.probe`), and one that says what they are (`ID.json`). */
import { randomUUID } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type KeptProbe, keptProbeText, parseKeptProbe } from "../../formats/keptProbe";
import { type ModelIdentity, sameModel } from "../../protocol/modelIdentity";
import { saveFile } from "../store/saveFile";

/** Beyond these the oldest go; the one that was trained last stays in any case. */
const MOST_PROBES = 8;
const MOST_BYTES = 2 ** 30;
/** What belongs to no probe and is so old was left by a process that was killed, ms. */
const LEFT_AFTER_MS = 24 * 60 * 60 * 1000;

const DESCRIPTION = /^([\da-f-]{36})\.json$/u;
const OURS = /^([\da-f-]{36})\.(?:probe|probe\.part|json)$/u;

export function freshProbeId(): string {
  return randomUUID();
}

export function weightsPath(folder: string, id: string): string {
  return join(folder, `${id}.probe`);
}

/** All that are kept, newest first; files that are no probes are left out. @throws the file system's error */
export async function listProbes(folder: string): Promise<KeptProbe[]> {
  const kept: KeptProbe[] = [];
  for (const name of await namesIn(folder)) {
    const id = DESCRIPTION.exec(name)?.[1];
    const text = id && (await readFile(join(folder, name), "utf8").catch(() => null));
    const probe = text ? parseKeptProbe(id, text) : null;
    if (probe !== null) kept.push(probe);
  }
  return kept.sort((a, b) => (a.probe.trainedAt < b.probe.trainedAt ? 1 : -1));
}

/** The newest probe of a model. */
export async function probeOf(folder: string, model: ModelIdentity): Promise<KeptProbe | null> {
  const kept = await listProbes(folder);
  return kept.find(({ identity }) => sameModel(identity, model)) ?? null;
}

/**
 * Keeps a probe whose weights lie at {@link weightsPath} already, in place of the model's others, and makes room.
 * @throws the file system's error
 */
export async function keepProbe(folder: string, added: KeptProbe): Promise<void> {
  const { id } = added.probe;
  await saveFile(join(folder, `${id}.json`), keptProbeText(added));
  let bytes = 0;
  const kept = await listProbes(folder);
  for (const [i, { identity, probe }] of kept.entries()) {
    bytes += await sizeOf(weightsPath(folder, probe.id));
    const isReplaced = sameModel(identity, added.identity);
    if (probe.id === id || (!isReplaced && i < MOST_PROBES && bytes <= MOST_BYTES)) continue;
    await forgetProbe(folder, probe.id);
  }
  await removeLeftovers(folder);
}

/** @throws the file system's error */
export async function forgetProbe(folder: string, id: string): Promise<void> {
  if (!OURS.test(`${id}.probe`)) return;
  await rm(join(folder, `${id}.json`), { force: true });
  await rm(weightsPath(folder, id), { force: true });
}

/** Weights that nothing describes, unless they are of a training that is under way. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await namesIn(folder);
  for (const name of names) {
    const id = OURS.exec(name)?.[1];
    if (id === undefined || names.includes(`${id}.json`)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > LEFT_AFTER_MS) await rm(path, { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}
