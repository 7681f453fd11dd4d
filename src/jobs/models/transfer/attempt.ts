import type { Dispatcher } from "undici";
import { visibleText } from "../../../analysis/presentation/format";
import { type AnswerFacts, contentLength, contentRange, header, strongEtag } from "./answerFacts";
import { checkSpace } from "./diskFault";
import { DownloadError } from "./downloadError";
import type { GrowingFile } from "./growingFile";
import { endedEarly, networkFault } from "./networkFault";
import type { PartPaths } from "./parts";
import { type PartRecord, writeRecord } from "./partRecord";
import { type Answer, dropBody, request } from "./request";
import { statusFault } from "./statusFault";
import type { WantedFile } from "./transfer";
import { otherAtHub } from "./verify";

/** A file of which a part is there. */
export interface Part {
  readonly wanted: WantedFile;
  readonly url: URL;
  readonly paths: PartPaths;
  readonly file: GrowingFile;
  /** What the part is of; null: nobody has said yet. */
  record: PartRecord | null;
}

/**
 * One request for what is missing, and as much of it as comes before the connection ends.
 * @returns when the file is complete
 * @throws DownloadError, Interruption, the file system's error, or the signal's reason
 */
export async function attempt(
  part: Part,
  agent: Dispatcher,
  onBytes: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { file, url, wanted, record } = part;
  if (record?.total === file.bytes) return;
  const from = file.bytes > 0 ? file.bytes : null;
  // Where the hub names a digest it says itself what has changed, whoever sends the bytes, by whichever etag.
  const ifRange =
    record?.sha256 === null && isSameAddress(record.url, wanted.url) ? record.etag : null;
  const asked = { url, token: wanted.token, from, to: null, ifRange };
  const answer = await request(asked, agent, signal);
  try {
    if (answer.status === 416 && from !== null) {
      if (isWhole(answer, part)) return;
    } else if (answer.status !== 200 && answer.status !== 206) throw statusFault(answer, asked);
    else if (await prepare(answer, part)) {
      await receive(answer, part, onBytes, signal);
      return;
    }
  } finally {
    dropBody(answer.body);
  }
  // What is there is of another file: all of it comes anew.
  await file.clear();
  await attempt(part, agent, onBytes, signal);
}

/** Whether what is there is all there is, where an answer says that nothing follows it. */
function isWhole(answer: Answer, { file, wanted, record }: Part): boolean {
  const facts = factsOf(answer, wanted);
  return facts.total === file.bytes && isSame(record, facts, wanted);
}

/**
 * Makes the part ready for the answer's bytes.
 * @returns false: they are of another file than what is there, and do not begin at its beginning
 */
async function prepare(answer: Answer, part: Part): Promise<boolean> {
  const { file, wanted } = part;
  const facts = factsOf(answer, wanted);
  checkFacts(answer, facts, wanted);
  const first = firstByte(answer);
  if (first > file.bytes) throw wrongPart(answer);
  if (file.bytes > 0 && isSame(part.record, facts, wanted)) {
    part.record = { ...part.record!, sha256: part.record!.sha256 ?? facts.sha256 };
  } else {
    if (first > 0) return false;
    await file.clear();
    part.record = { url: wanted.url, ...facts };
    await writeRecord(part.paths.record, part.record);
  }
  if (facts.total !== null) await checkSpace(wanted.folder, facts.total - file.bytes);
  return true;
}

async function receive(
  answer: Answer,
  { file, record }: Part,
  onBytes: () => void,
  signal: AbortSignal,
) {
  const total = record?.total ?? null;
  // A server without ranges sends once more what is there.
  let known = file.bytes - firstByte(answer);
  try {
    for await (const chunk of chunksOf(answer, signal)) {
      const skipped = Math.min(known, chunk.length);
      known -= skipped;
      if (skipped < chunk.length) await file.append(chunk.subarray(skipped));
      if (total !== null && file.bytes > total) throw tooLong(answer);
      onBytes();
    }
  } finally {
    await file.flush();
  }
  if (known > 0 || (total !== null && file.bytes < total)) throw endedEarly(answer.url);
}

async function* chunksOf({ body, url }: Answer, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    let next: IteratorResult<Buffer>;
    try {
      next = await chunks.next();
    } catch (error) {
      signal.throwIfAborted();
      throw networkFault(error, url);
    }
    if (next.done) return;
    yield next.value;
  }
}

function factsOf({ status, headers, linked }: Answer, { bytes }: WantedFile): AnswerFacts {
  const sent = status === 200 ? contentLength(headers) : (contentRange(headers)?.total ?? null);
  return { sha256: linked.sha256, etag: strongEtag(headers), total: sent ?? linked.bytes ?? bytes };
}

function firstByte(answer: Answer): number {
  if (answer.status === 200) return 0;
  const start = contentRange(answer.headers)?.start ?? null;
  if (start === null) throw wrongPart(answer);
  return start;
}

/** Whether a part that was begun is of the file that is sent now. */
function isSame(record: PartRecord | null, now: AnswerFacts, { url, digest }: WantedFile): boolean {
  if (record === null) return false;
  if (record.total !== null && now.total !== null && record.total !== now.total) return false;
  if (record.sha256 !== null && now.sha256 !== null) return record.sha256 === now.sha256;
  if (!isSameAddress(record.url, url)) return false;
  if (record.etag !== null && now.etag !== null) return record.etag === now.etag;
  // Nobody says, but at the end the digest will.
  return digest !== null;
}

/** What stands behind the path may be a signature, another one each time. */
function isSameAddress(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => (URL.canParse(text) ? new URL(text) : null));
  return !!one && !!other && one.origin === other.origin && one.pathname === other.pathname;
}

/** @throws DownloadError where the answer contradicts itself, or what the file is said to be */
function checkFacts({ url, headers, linked }: Answer, facts: AnswerFacts, { digest }: WantedFile) {
  const encoding = header(headers, "content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    throw new DownloadError(
      "server",
      `${url.host} sends the file packed (${visibleText(encoding.slice(0, 40))}), which nobody has asked for: use another source.`,
    );
  if (linked.bytes !== null && facts.total !== linked.bytes)
    throw new DownloadError(
      "size",
      `The hub says that the file has ${linked.bytes} bytes, but ${url.host} sends ${facts.total}: try again later, or use another source.`,
    );
  const isOther =
    digest?.algorithm === "sha256" && linked.sha256 !== null && linked.sha256 !== digest.hex;
  if (isOther) throw otherAtHub(digest, linked.sha256);
}

function wrongPart({ url }: Answer): DownloadError {
  return new DownloadError(
    "server",
    `${url.host} sent another part of the file than it was asked for: use another source, or delete what was begun and try again.`,
  );
}

function tooLong({ url }: Answer): DownloadError {
  return new DownloadError(
    "size",
    `${url.host} sent more bytes than the file has: try again later, or use another source.`,
  );
}
