/**
 * A hub as huggingface.co is one, on this machine: it answers `/USER/REPOSITORY/resolve/REVISION/FILE` with a redirect that
 * names the file's sha256 and size (`x-linked-etag`, `x-linked-size`) to a second origin, whose addresses are signed and whose
 * etags are no digests. Faults are switched on file by file.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { hubBytes } from "./hubBytes";

export interface HubFile {
  /** `user/repository/file.gguf`. */
  readonly path: string;
  /** What it holds, or a file on disk that does. */
  readonly content: Uint8Array | { readonly file: string; readonly sha256: string };
  /** Tokens that may read it; absent: everybody may. */
  readonly gated?: {
    /** Of accounts that have accepted the terms. */
    readonly accepted: readonly string[];
    /** Of accounts that have not. */
    readonly known?: readonly string[];
  };
  readonly faults?: HubFaults;
}

/** What goes wrong with a file. Counts are of requests that still meet the fault; absent: all do. */
export interface HubFaults {
  /** Ranges are ignored: the answer is 200 and the whole file. */
  readonly noRanges?: boolean;
  /** Neither digest nor size stand in the redirect. */
  readonly noDigest?: boolean;
  /** No etag at all. */
  readonly noEtag?: boolean;
  /** The length is not said. */
  readonly noLength?: boolean;
  /** The bytes are wrong, the headers right. */
  readonly wrongBytes?: boolean;
  /** The connection is cut after so many bytes. */
  readonly drop?: { readonly after: number; readonly times?: number };
  /** No byte follows after so many, once no connection is cut any more. */
  readonly stall?: { readonly after: number; readonly times?: number };
  /** Another status, of the hub or of the second origin. */
  readonly status?: {
    readonly code: number;
    readonly times?: number;
    readonly retryAfter?: string;
    readonly at?: "hub" | "storage";
  };
  /** Where the redirect goes instead; `loop`: to itself. */
  readonly redirect?: string;
  /** The content-encoding that is claimed. */
  readonly encoding?: string;
  readonly bytesPerSecond?: number;
}

/** A request as it came in. */
export interface HubRequest {
  readonly at: "hub" | "storage";
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the answer; 0: there is none yet. */
  readonly status: number;
}

export interface Hub {
  /** `http://127.0.0.1:PORT`, which `HF_ENDPOINT` may name. */
  readonly url: string;
  /** The second origin. */
  readonly storageUrl: string;
  /** Adds a file, or replaces it. */
  put(file: HubFile): Promise<void>;
  /** Replaces a file's faults. */
  setFaults(path: string, faults: HubFaults): Promise<void>;
  /** All requests so far, in order. */
  requests(): Promise<readonly HubRequest[]>;
  /** Forgets requests, and signatures as if their time were over. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

interface StoredFile extends HubFile {
  readonly sha256: string;
  readonly bytes: number;
  /** The storage's own name of the content. */
  readonly storageId: string;
  readonly met: Record<"drop" | "stall" | "status", number>;
}

const COMMIT = "8c1f0ea7a2a94a5d1f2a7c1d4f5b6e7d8c9b0a1f";
const ROUTE = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/u;
/** What a revision may be called. */
const REVISIONS: ReadonlySet<string> = new Set(["main", COMMIT]);

export async function startHub(): Promise<Hub> {
  const files = new Map<string, StoredFile>();
  const requests: HubRequest[] = [];
  const signatures = new Map<string, StoredFile>();
  const storage = await listen((request, response) => answerAsStorage(request, response));
  const hub = await listen((request, response) => answerAsHub(request, response));
  const urls = { hub: addressOf(hub), storage: addressOf(storage) };

  function answerAsHub(request: IncomingMessage, response: ServerResponse): void {
    record("hub", request, response);
    const { pathname } = new URL(request.url!, urls.hub);
    const [, repository, revision, name] = ROUTE.exec(decodeURI(pathname)) ?? [];
    const path = `${repository}/${name}`;
    const token = /^Bearer (.+)$/u.exec(request.headers.authorization ?? "")?.[1] ?? null;
    const file = files.get(path);
    const isKnown = [...files.keys()].some((known) => known.startsWith(`${repository}/`));
    response.setHeader("x-repo-commit", COMMIT);
    if (!isKnown) return refuse(response, token === null ? 401 : 404, "RepoNotFound");
    if (!REVISIONS.has(revision!)) return refuse(response, 404, "RevisionNotFound");
    if (!file) return refuse(response, 404, "EntryNotFound");
    const { gated, faults } = file;
    if (gated && !gated.accepted.includes(token ?? "")) {
      const isAccount = gated.known?.includes(token ?? "") ?? false;
      return refuse(response, isAccount ? 403 : 401, "GatedRepo");
    }
    if (meetsStatus(file, "hub", response)) return;
    if (faults?.noDigest !== true) {
      response.setHeader("x-linked-etag", `"${file.sha256}"`);
      response.setHeader("x-linked-size", file.bytes);
    }
    const target = faults?.redirect === "loop" ? request.url! : faults?.redirect;
    response.writeHead(302, { location: target ?? sign(file) }).end("Found. Redirecting");
  }

  /** An address that is good until the hub forgets. */
  function sign(file: StoredFile): string {
    const signature = randomBytes(16).toString("hex");
    signatures.set(signature, file);
    const query = new URLSearchParams({
      "X-Xet-Cas-Uid": "public",
      Expires: String(Math.floor(Date.now() / 1000) + 3600),
      Policy: randomBytes(24).toString("base64"),
      Signature: signature,
    });
    return `${urls.storage}/xet-bridge-us/${file.storageId.slice(0, 24)}/${file.storageId}?${query}`;
  }

  function answerAsStorage(request: IncomingMessage, response: ServerResponse): void {
    record("storage", request, response);
    const { searchParams } = new URL(request.url!, urls.storage);
    const signed = signatures.get(searchParams.get("Signature") ?? "");
    const file = signed && files.get(signed.path);
    if (!file) return refuse(response, 403, null);
    if (meetsStatus(file, "storage", response)) return;
    sendFile(file, request, response);
  }

  function record(at: HubRequest["at"], request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    requests.push({
      at,
      method,
      url,
      headers,
      get status() {
        return response.headersSent ? response.statusCode : 0;
      },
    });
  }

  return {
    url: urls.hub,
    storageUrl: urls.storage,
    async put(file) {
      files.set(file.path, await stored(file));
    },
    setFaults(path, faults) {
      const file = files.get(path)!;
      files.set(path, { ...file, faults, met: { drop: 0, stall: 0, status: 0 } });
      return Promise.resolve();
    },
    requests: () => Promise.resolve(requests.map((request) => ({ ...request }))),
    forget() {
      requests.length = 0;
      signatures.clear();
      return Promise.resolve();
    },
    async close() {
      await Promise.all([hub, storage].map(stop));
    },
  };
}

async function stored(file: HubFile): Promise<StoredFile> {
  const { content } = file;
  const isHeld = content instanceof Uint8Array;
  const sha256 = isHeld ? createHash("sha256").update(content).digest("hex") : content.sha256;
  const bytes = isHeld ? content.length : (await stat(content.file)).size;
  const storageId = createHash("sha256").update(`storage ${sha256}`).digest("hex");
  return { ...file, sha256, bytes, storageId, met: { drop: 0, stall: 0, status: 0 } };
}

function refuse(response: ServerResponse, status: number, code: string | null): void {
  if (code !== null) response.setHeader("x-error-code", code);
  response.setHeader("x-error-message", "<script>\u009b31mnot for people</script>");
  response.writeHead(status, { "content-type": "text/plain" }).end(code ?? "Forbidden");
}

function meetsStatus(file: StoredFile, at: HubRequest["at"], response: ServerResponse): boolean {
  const fault = file.faults?.status;
  if (!fault || (fault.at ?? "hub") !== at || !isDue(file, "status", fault.times)) return false;
  if (fault.retryAfter !== undefined) response.setHeader("retry-after", fault.retryAfter);
  refuse(response, fault.code, null);
  return true;
}

/** Whether a fault that happens some times happens once more. */
function isDue({ met }: StoredFile, fault: keyof StoredFile["met"], times = Infinity): boolean {
  return met[fault]++ < times;
}

function sendFile(file: StoredFile, request: IncomingMessage, response: ServerResponse): void {
  const { bytes, faults = {} } = file;
  const etag = `"${file.storageId}"`;
  if (faults.noEtag !== true) response.setHeader("etag", etag);
  if (faults.noRanges !== true) response.setHeader("accept-ranges", "bytes");
  if (faults.encoding !== undefined) response.setHeader("content-encoding", faults.encoding);
  const range = faults.noRanges === true ? null : rangeOf(request, etag, bytes);
  if (range !== null && range.start >= bytes) {
    response.writeHead(416, { "content-range": `bytes */${bytes}` }).end();
    return;
  }
  const { start, endExclusive } = range ?? { start: 0, endExclusive: bytes };
  if (range) response.setHeader("content-range", `bytes ${start}-${endExclusive - 1}/${bytes}`);
  if (faults.noLength !== true) response.setHeader("content-length", endExclusive - start);
  response.writeHead(range ? 206 : 200, { "content-type": "application/octet-stream" });
  if (request.method === "HEAD") response.end();
  else hubBytes(contentOf(file, start, endExclusive), response, limitsOf(file));
}

function limitsOf(file: StoredFile): Parameters<typeof hubBytes>[2] {
  const { drop, stall, bytesPerSecond } = file.faults ?? {};
  const drops = drop !== undefined && isDue(file, "drop", drop.times);
  const stalls = !drops && stall !== undefined && isDue(file, "stall", stall.times);
  return {
    dropAfter: drops ? drop.after : Infinity,
    stallAfter: stalls ? stall.after : Infinity,
    bytesPerSecond: bytesPerSecond ?? Infinity,
  };
}

/** `Range: bytes=START-[END]`, unless `If-Range` names another etag; null: the whole file. */
function rangeOf({ headers }: IncomingMessage, etag: string, bytes: number) {
  const match = /^bytes=(\d+)-(\d*)$/u.exec(headers.range ?? "");
  const ifRange = headers["if-range"];
  if (!match || (ifRange !== undefined && ifRange !== etag)) return null;
  const end = match[2] === "" ? bytes - 1 : Math.min(Number(match[2]), bytes - 1);
  return { start: Number(match[1]), endExclusive: end + 1 };
}

function contentOf({ content, faults }: StoredFile, start: number, endExclusive: number): Readable {
  if (!(content instanceof Uint8Array))
    return createReadStream(content.file, { start, end: endExclusive - 1, highWaterMark: 2 ** 20 });
  const bytes = Buffer.from(content.subarray(start, endExclusive));
  if (faults?.wrongBytes === true) bytes.forEach((byte, i) => (bytes[i] = byte ^ 1));
  const step = 16_384;
  const count = Math.ceil(bytes.length / step);
  return Readable.from(
    Array.from({ length: count }, (_, i) => bytes.subarray(i * step, (i + 1) * step)),
  );
}

function listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  return new Promise<Server>((done) => {
    server.listen(0, "127.0.0.1", () => done(server));
  });
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
