/** Where a model comes from, as users and catalogues write it: `hf:user/repository/file.gguf`, or an address. */
import { utf8Length } from "../../analysis/text/utf8";
import { isWithin, MODEL_PARTS, range } from "../../protocol/bounds";

/** A file of a repository on a hub, or of any web server; of a split model the first file. */
export type Source =
  | {
      readonly kind: "hub";
      readonly user: string;
      readonly repository: string;
      /** Inside the repository, without the file's name; each a plain name. */
      readonly folders: readonly string[];
      readonly fileName: string;
      /** A branch, a tag or a commit; null: the main branch. */
      readonly revision: string | null;
    }
  | {
      readonly kind: "url";
      /** As it is written, up to and with the slash before the file's name. */
      readonly folder: string;
      /** Host and port, in lower case. */
      readonly host: string;
      readonly fileName: string;
      /** With its question mark; empty: none. It may hold what nobody else is to know. */
      readonly query: string;
    };

/** No source; the message says why. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/** Where `hf:` leads to, where nobody names a mirror. */
export const HUB = "https://huggingface.co";

const FORM = "hf:user/repository/file.gguf, with #revision behind it where one is wanted";

/**
 * Reads a source; addresses of a hub's pages and files become sources of that hub.
 * @param hub the address that `hf:` leads to
 * @throws SourceError
 */
export function parseSource(text: string, hub: string = HUB): Source {
  const fault = textFault(text);
  if (fault !== null) throw new SourceError(fault);
  if (text.startsWith("hf:")) return hubSource(text.slice("hf:".length));
  if (/^https?:/iu.test(text)) return urlSource(text, hub);
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(text)) {
    throw new SourceError("only http and https addresses can be fetched");
  }
  throw new SourceError(`an address, or ${FORM}, is expected`);
}

/** The source as it is listed and remembered: without what a URL asks for behind its path, which may be a secret. */
export function sourceText(source: Source): string {
  if (source.kind === "url") return source.folder + encodeURIComponent(source.fileName);
  const { user, repository, folders, fileName, revision } = source;
  const path = [user, repository, ...folders, fileName].join("/");
  return `hf:${path}${revision === null ? "" : `#${revision}`}`;
}

/** The source that a text is; null: it is none, as others or earlier versions may have written it. */
export function sourceOrNull(text: string): Source | null {
  try {
    return parseSource(text);
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}

/** An address as it may be shown: without a user's name and password, and what is asked for behind the path. */
export function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/\s]*@/u, "//").replace(/\?.*$/su, "");
}

/** Whether a digest of one is the other's as well: a hub's file may be another one at another revision. */
export function isSameRevision(a: Source, b: Source): boolean {
  return a.kind !== "hub" || b.kind !== "hub" || a.revision === b.revision;
}

/** Whether both name the same file; one without a revision is also what the other has at any. */
export function isSameSource(a: Source, b: Source): boolean {
  if (a.kind === "url" || b.kind === "url") return sourceText(a) === sourceText(b);
  const anyRevision = a.revision === null || b.revision === null;
  return anyRevision
    ? sourceText({ ...a, revision: null }) === sourceText({ ...b, revision: null })
    : sourceText(a) === sourceText(b);
}

/** Why a file on any platform can't have the name; null: it can. */
export function fileNameFault(name: string): string | null {
  if (!/\.gguf$/iu.test(name)) return `"${name}" is not the name of a .gguf file`;
  if (utf8Length(name) > LONGEST_NAME) {
    return `a file name of at most ${LONGEST_NAME} bytes is expected`;
  }
  if (UNUSABLE.test(name) || RESERVED.test(name)) {
    return `"${name}" can't be the name of a file on every system`;
  }
  return partsFault(name);
}

/** UTF-8 bytes; file systems allow 255, and a file that is not complete has a longer name. */
const LONGEST_NAME = 200;

/** What Windows does not allow in names, what begins a revision, and names that are hidden, or look like options. */
const UNUSABLE = /[<>:"/\\|?*#]|^[ .-]| $/u;

/** Windows' devices. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** How many files the model has whose first file has this name. */
export function partsOf(fileName: string): number {
  return Number(SPLIT.exec(fileName)?.[2] ?? 1);
}

const SPLIT = /-(\d{5})-of-(\d{5})\.gguf$/u;

function partsFault(name: string): string | null {
  const part = SPLIT.exec(name)?.[1];
  if (part === undefined) return null;
  if (Number(part) !== 1) return "of a split model, the first file (-00001-of-…) is expected";
  return isWithin(MODEL_PARTS, partsOf(name))
    ? null
    : `a model of ${range(MODEL_PARTS)} files is expected`;
}

function textFault(text: string): string | null {
  if (text.length > 1000) return "an address of at most 1,000 characters is expected";
  if (INVISIBLE.test(text)) return "it has control characters or invisible ones in it";
  return null;
}

function hubSource(text: string, revisionOfPage: string | null = null): Source {
  const [path = "", revision = revisionOfPage, ...more] = text.split("#");
  const [user = "", repository = "", ...inside] = path.split("/");
  const fileName = inside.at(-1);
  if (fileName === undefined || fileName === "" || more.length > 0) {
    throw new SourceError(`${FORM}, is expected`);
  }
  for (const name of [user, repository]) {
    if (!HUB_NAME.test(name) || RESERVED.test(name) || name.includes("..")) {
      throw new SourceError(`"${name}" is not the name of a user or a repository`);
    }
  }
  const folders = inside.slice(0, -1);
  const wrong = folders.find((name) => !isFolderName(name));
  if (wrong !== undefined) throw new SourceError(`"${wrong}" is not the name of a folder`);
  const fault = fileNameFault(fileName);
  if (fault !== null) throw new SourceError(fault);
  if (revision !== null && (!REVISION.test(revision) || revision.includes(".."))) {
    throw new SourceError(`"${revision}" is not the name of a branch, a tag or a commit`);
  }
  const isMain = revision === null || revision === "main";
  return { kind: "hub", user, repository, folders, fileName, revision: isMain ? null : revision };
}

const HUB_NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,94}[a-z0-9_])?$/iu;
const REVISION = /^[a-z0-9_][a-z0-9._/-]{0,99}$/iu;

function isFolderName(name: string): boolean {
  return name !== "" && name.length <= 200 && !UNUSABLE.test(name) && !name.endsWith(".");
}

/** Scheme, host with port, path, query, fragment. */
const URL_PARTS = /^(https?:\/\/)([^\s/?#\\@]+)(\/[^\s?#\\]*)?(\?[^\s#]*)?(#\S*)?$/iu;

function urlSource(text: string, hub: string): Source {
  const [, scheme, host, path, query = ""] = URL_PARTS.exec(text) ?? [];
  if (scheme === undefined || host === undefined || path === undefined) {
    const hasUser = /^https?:\/\/[^/]*@/iu.test(text);
    throw new SourceError(
      hasUser
        ? "an address without a user's name and password is expected"
        : "it is not the address of a file",
    );
  }
  if (!HOST.test(host) || host.includes("..")) {
    throw new SourceError(`"${host}" is not the name of a host`);
  }
  const page = pageOfHub(scheme + host + path, hub);
  if (page !== null) return hubSource(page.path, page.revision);
  const fileName = decoded(path.slice(path.lastIndexOf("/") + 1));
  const fault = fileNameFault(fileName);
  if (fault !== null) throw new SourceError(fault);
  const folder = scheme.toLowerCase() + host + path.slice(0, path.lastIndexOf("/") + 1);
  return { kind: "url", folder, host: host.toLowerCase(), fileName, query };
}

/** A name or an address, with its port. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/iu;

/** Path and revision of a hub's page or file; null: the address is none of these. */
function pageOfHub(address: string, hub: string): { path: string; revision: string } | null {
  const base = HUB_ADDRESSES.concat(hub.toLowerCase()).find((start) =>
    address.toLowerCase().startsWith(`${start}/`),
  );
  if (base === undefined) return null;
  const [user, repository, view, revision, ...inside] = address
    .slice(base.length + 1)
    .split("/")
    .map(decoded);
  if (user === undefined || repository === undefined || revision === undefined) return null;
  if (view !== "blob" && view !== "resolve") return null;
  return { path: [user, repository, ...inside].join("/"), revision };
}

const HUB_ADDRESSES = ["https://huggingface.co", "https://www.huggingface.co", "https://hf.co"];

function decoded(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw new SourceError(`"${part}" is no part of an address`);
  }
  const fault = textFault(text);
  if (fault !== null) throw new SourceError(fault);
  return text;
}
