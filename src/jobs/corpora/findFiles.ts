import { type Dirent, readdir, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { type FileSystemAdapter, glob } from "tinyglobby";
import { CorpusError } from "./faults";
import { type FileKind, kindOf, KNOWN_KINDS } from "./fileKind";

/** A file of a corpus. */
export interface CorpusFile extends FileKind {
  /** Relative to the folder from which paths count, with `/` on every system: the same on every machine. */
  readonly name: string;
  readonly path: string;
}

/**
 * The files that paths mean, each once, sorted by name. A path is a file, a folder (with all folders inside it) or a glob;
 * of the last two, hidden files, files of kinds that are not read, and READMEs and licences are left out. Links to files are
 * followed, links to folders only where they are named.
 * @param folder from which relative paths count
 * @throws CorpusError where a path gives no file, or a named file is of no kind that is read
 */
export async function findCorpusFiles(
  paths: readonly string[],
  folder: string,
): Promise<readonly CorpusFile[]> {
  const found = new Map<string, CorpusFile>();
  for (const path of paths) {
    for (const file of await filesOf(path, folder)) found.set(file.path, file);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function filesOf(path: string, folder: string): Promise<CorpusFile[]> {
  const full = resolve(folder, path);
  const stats = await statsOf(full);
  if (stats?.isFile()) return [namedFile(path, full, folder)];
  const isFolder = stats?.isDirectory() === true;
  const matches = isFolder ? await globFiles("**/*", full) : await globFiles(path, folder);
  const data = matches.filter((match) => !ABOUT_DATA.test(basename(match)));
  const files = data.flatMap((match) => fileAt(match, folder) ?? []);
  if (files.length > 0) return files;
  const what = matches.length === 0 ? "no files" : "no files that can be read as a corpus";
  throw new CorpusError(
    isFolder
      ? `The folder ${path} has ${what}: ${KNOWN_KINDS} are read.`
      : `${path} is no file or folder, and as a glob it matches ${what} in ${folder}: ${KNOWN_KINDS} are read.`,
  );
}

/** What stands beside data and is none. */
const ABOUT_DATA = /^(?:README|LICEN[CS]E)\b/iu;

function namedFile(path: string, full: string, folder: string): CorpusFile {
  const file = fileAt(full, folder);
  if (file !== null) return file;
  throw new CorpusError(`${path} can't be read as a corpus: ${KNOWN_KINDS} are, by their names.`);
}

function fileAt(path: string, folder: string): CorpusFile | null {
  const kind = kindOf(path);
  return kind && { name: relative(folder, path).split(sep).join("/"), path, ...kind };
}

async function globFiles(pattern: string, folder: string): Promise<string[]> {
  const found = await glob(pattern, {
    cwd: folder,
    absolute: true,
    expandDirectories: false,
    followSymbolicLinks: false,
    fs: LINKED_FILES,
  });
  return found.map((path) => resolve(path));
}

function statsOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

type Entries = (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void;

/** A file system in which a link to a file is a file, as caches of downloads have them; links to folders stay links. */
const LINKED_FILES = {
  readdir: (path: string, options: { withFileTypes: true }, done: Entries) => {
    readdir(path, options, (error, entries) => {
      if (error) return done(error, entries);
      void Promise.all(entries.map((entry) => asFile(path, entry))).then((all) => done(null, all));
    });
  },
} as unknown as FileSystemAdapter;

async function asFile(folder: string, entry: Dirent): Promise<Dirent> {
  if (!entry.isSymbolicLink()) return entry;
  const stats = await statsOf(join(folder, entry.name));
  if (stats?.isFile() !== true) return entry;
  const file = { isFile: () => true, isSymbolicLink: () => false };
  return Object.assign(Object.create(entry) as Dirent, file);
}
