import type { IncomingHttpHeaders } from "node:http";

/** What the answers to one request say of a file: those of redirects as well as the last one. */
export interface AnswerFacts {
  /** Of the whole file, hex, as the hub's redirect names it (`x-linked-etag`); null: it names none. */
  readonly sha256: string | null;
  /** A strong one, with its quotes, of whoever sends the bytes; null: none. */
  readonly etag: string | null;
  /** Bytes of the whole file; null: nobody says. */
  readonly total: number | null;
}

/** What the hub's headers name; its redirect has them, as what it redirects to knows nothing of the hub. */
export interface LinkedFile {
  readonly sha256: string | null;
  readonly bytes: number | null;
}

export function linkedFile(headers: IncomingHttpHeaders): LinkedFile {
  const etag = header(headers, "x-linked-etag") ?? "";
  const sha256 = /^(?:W\/)?"?([0-9a-f]{64})"?$/iu.exec(etag.trim())?.[1]?.toLowerCase();
  return { sha256: sha256 ?? null, bytes: wholeNumber(header(headers, "x-linked-size")) };
}

/** Strong: the same bytes for sure. */
export function strongEtag(headers: IncomingHttpHeaders): string | null {
  const etag = header(headers, "etag")?.trim() ?? "";
  return /^"[\x21\x23-\x7e]{1,200}"$/u.test(etag) ? etag : null;
}

/** `Content-Range: bytes START-END/TOTAL`, where each may be unknown; null: no such header. */
export function contentRange(
  headers: IncomingHttpHeaders,
): { readonly start: number | null; readonly total: number | null } | null {
  const range = header(headers, "content-range") ?? "";
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/u.exec(range.trim());
  return match && { start: wholeNumber(match[1] ?? null), total: wholeNumber(match[2]!) };
}

export function contentLength(headers: IncomingHttpHeaders): number | null {
  return wholeNumber(header(headers, "content-length"));
}

/** The first value of a header. */
export function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function wholeNumber(text: string | null): number | null {
  if (text === null || !/^\d{1,16}$/u.test(text.trim())) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
