/** From what users name to files with addresses. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { modelFiles } from "../../engine/modelFiles";
import { HUB, type Source, SourceError } from "../../formats/catalog/source";

/** A file of a model, where it is fetched from. */
export interface SourceFile {
  readonly url: string;
  /** Allowed on every platform. */
  readonly fileName: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The address that `hf:` leads to: `HF_ENDPOINT`, as for Hugging Face's own programs, else Hugging Face. Without a slash
 * at its end.
 * @throws SourceError where HF_ENDPOINT is no address
 */
export function hubOf({ HF_ENDPOINT: mirror }: Environment): string {
  if (!mirror) return HUB;
  if (/^https?:\/\/[^\s/?#\\@]+(?:\/[^\s?#\\]*)?$/iu.test(mirror))
    return mirror.replace(/\/+$/u, "");
  throw new SourceError(
    "HF_ENDPOINT is to be the http or https address of a hub, without a name, a password or a query.",
  );
}

/** All files of a model in order: of a split one as many as its first file's name says. */
export function filesOf(source: Source, hub: string): SourceFile[] {
  return modelFiles(source.fileName).map((fileName) => ({
    url: addressOf(source, fileName, hub),
    fileName,
  }));
}

function addressOf(source: Source, fileName: string, hub: string): string {
  const name = encodeURIComponent(fileName);
  if (source.kind === "url") return source.folder + name + source.query;
  const { user, repository, folders, revision } = source;
  const inside = [...folders.map(encodeURIComponent), name].join("/");
  return `${hub}/${user}/${repository}/resolve/${encodeURIComponent(revision ?? "main")}/${inside}`;
}

/** A hub's token is for the hub: no other host gets it. */
export function tokenFor({ kind }: Source, token: string | null): string | null {
  return kind === "hub" ? token : null;
}

/**
 * Where a model's files lie among those that are kept: models of the same file name from two places never share a folder.
 * @param folder of all kept models
 */
export function folderOf(source: Source, folder: string): string {
  if (source.kind === "url") {
    const place = createHash("sha256").update(source.folder).digest("hex").slice(0, 12);
    return join(folder, source.host.replace(/[^a-z0-9.-]/gu, "_"), place);
  }
  const { user, repository, folders, revision } = source;
  const at = revision === null ? "" : `@${revision.replaceAll("/", "_")}`;
  return join(folder, user, repository + at, ...folders);
}
