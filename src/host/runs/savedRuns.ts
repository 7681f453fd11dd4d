import { posix } from "node:path";
import { FileType, Uri, workspace } from "vscode";
import * as z from "zod/mini";
import { type Role, ROLES } from "../../protocol/roles";
import { readText } from "./runPanel";

/** A saved run. */
export interface SavedRun {
  readonly kind: "run";
  readonly uri: Uri;
  /** Of the file, where that can't be read. */
  readonly name: string;
  readonly created: string;
  readonly prompt: string;
  /** Models of which it has no samples. */
  readonly missing: readonly Role[];
  readonly isDamaged: boolean;
  /** It was imported with others, and is listed below their name. */
  readonly isInSet: boolean;
}

/** Runs that were imported together: a folder, which a file of its own names. */
export interface RunSet {
  readonly kind: "set";
  readonly uri: Uri;
  readonly name: string;
  readonly created: string;
}

const headSchema = z.looseObject({ name: z.string(), created: z.string() });
/** What the list shows of a run's file; the rest is read when the run is opened. */
const runSchema = z.extend(headSchema, {
  prompt: z.string(),
  base: z.nullable(z.unknown()),
  rlhf: z.nullable(z.unknown()),
});

const SET_FILE = "set.json";

/** The runs and sets of runs that a folder keeps. */
export class SavedRuns {
  /** By file and time of change: a run of megabytes is read once. */
  private readonly known = new Map<string, SavedRun>();

  constructor(private readonly folder: Uri) {}

  /** In the folder, from the newest on, or in a set, in the order of its file. */
  async list(set?: RunSet): Promise<(SavedRun | RunSet)[]> {
    const folder = set?.uri ?? this.folder;
    const entries = await workspace.fs.readDirectory(folder).then(
      (found) => found,
      () => [],
    );
    const found = await Promise.all(
      entries.map(async ([name, type]) => {
        const uri = Uri.joinPath(folder, name);
        if (type === FileType.Directory) return readSet(uri);
        return name.endsWith(".twinlens.json") ? this.read(uri, set !== undefined) : null;
      }),
    );
    const listed = found.filter((entry) => entry !== null);
    return set ? listed.sort(byFile) : listed.sort(byAge);
  }

  /** null: there is no file any more. */
  private async read(uri: Uri, isInSet: boolean): Promise<SavedRun | null> {
    const found = await workspace.fs.stat(uri).then(
      ({ mtime }) => ({ mtime }),
      () => null,
    );
    if (found === null) return null;
    const key = `${uri.toString()} ${found.mtime}`;
    const known = this.known.get(key) ?? {
      kind: "run" as const,
      uri,
      isInSet,
      ...(await readHead(uri)),
    };
    this.known.set(key, known);
    return known;
  }
}

/** Names a folder of runs. */
export async function nameSet(folder: Uri, name: string, created: string): Promise<void> {
  const content = { format: "twinlens-set", version: 1, name, created };
  const file = Uri.joinPath(folder, SET_FILE);
  await workspace.fs.writeFile(file, Buffer.from(`${JSON.stringify(content)}\n`));
}

/** null: the folder is none. */
async function readSet(uri: Uri): Promise<RunSet | null> {
  try {
    const text = await readText(Uri.joinPath(uri, SET_FILE));
    const { name, created } = headSchema.parse(JSON.parse(text));
    return { kind: "set", uri, name, created };
  } catch {
    return null;
  }
}

/** A file that is not a run is listed and left alone: the user may still rescue samples from it. */
async function readHead(uri: Uri): Promise<Omit<SavedRun, "kind" | "uri" | "isInSet">> {
  try {
    const run = runSchema.parse(JSON.parse(await readText(uri)));
    const { name, created, prompt } = run;
    const missing = ROLES.filter((role) => run[role] === null);
    return { name, created, prompt, missing, isDamaged: false };
  } catch {
    const name = posix.basename(uri.path);
    return { name, created: "", prompt: "", missing: [], isDamaged: true };
  }
}

/** What a row of the list hands to its commands; null: something else. */
export function savedEntry(value: unknown): Entry | null {
  const entry = value as Partial<Entry> | undefined;
  const isSaved = entry?.uri instanceof Uri && typeof entry.name === "string" && entry.kind;
  return isSaved ? (entry as Entry) : null;
}

type Entry = SavedRun | RunSet;

function byAge(a: Entry, b: Entry): number {
  return a.created < b.created ? 1 : a.created > b.created ? -1 : 0;
}

function byFile(a: Entry, b: Entry): number {
  return a.uri.path < b.uri.path ? -1 : 1;
}
