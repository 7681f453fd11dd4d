/**
 * Fetches a file of a gigabyte from a hub on this machine, by turns as the editor does it (with its sha256 checked, and brought
 * to the disk) and by `curl`, and prints how fast each is. Needs curl, and 3 GB in the folder of temporary files.
 *
 *     [ROUNDS=5] [MEGABYTES=1000] npm run bench -- download
 */
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createDownloader } from "../../src/jobs/models/transfer/downloader";
import { startHubProcess } from "../support/hubClient";
import { median, printTable } from "./table";

/** What the hub sends at most, bytes per second: all it can, and what a line of 2.5 Gbit/s carries. */
const RATES = [Infinity, 312.5e6];

const rounds = Number(process.env.ROUNDS ?? 5);
const megabytes = Number(process.env.MEGABYTES ?? 1000);
const PATH = "user/model-GGUF/model.gguf";

const folder = mkdtempSync(join(tmpdir(), "twinlens-download-"));
const hub = await startHubProcess();
const downloader = createDownloader(resolve("dist/download.mjs"));
const source = randomFile(join(folder, "source"));
await hub.put({ path: PATH, content: source });
const url = `${hub.url}/user/model-GGUF/resolve/main/model.gguf`;

try {
  for (const bytesPerSecond of RATES) {
    await hub.setFaults(PATH, { bytesPerSecond });
    printTable(...(await compare(bytesPerSecond)));
    console.log();
  }
} finally {
  await downloader.close();
  await hub.close();
  rmSync(folder, { recursive: true });
}

async function compare(bytesPerSecond: number): Promise<Parameters<typeof printTable>> {
  const speeds = { ours: [] as number[], curl: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    // Whoever comes second finds other pages in memory: they take turns at that as well.
    const order = round % 2 === 0 ? (["ours", "curl"] as const) : (["curl", "ours"] as const);
    for (const who of order) speeds[who].push(await speedOf(who === "ours" ? fetchIt : curlIt));
  }
  const row = (name: string, values: readonly number[], digits: number) =>
    [name, ...[median(values), ...values].map((value) => value.toFixed(digits))] as const;
  const ratios = speeds.ours.map((speed, round) => speed / speeds.curl[round]!);
  const limit = bytesPerSecond === Infinity ? "no limit" : `${bytesPerSecond / 1e6} MB/s`;
  return [
    [`${megabytes} MB, ${limit}`, "median", ...ratios.map((_, i) => `round ${i + 1}`)],
    [row("ours, MB/s", speeds.ours, 0), row("curl, MB/s", speeds.curl, 0), row("ratio", ratios, 2)],
  ];
}

/** MB/s. */
async function speedOf(fetching: (fileName: string) => Promise<void>): Promise<number> {
  const start = performance.now();
  await fetching("fetched");
  const seconds = (performance.now() - start) / 1000;
  rmSync(join(folder, "fetched"));
  return megabytes / seconds;
}

async function fetchIt(fileName: string): Promise<void> {
  const wanted = { url, folder, fileName, bytes: null, digest: null, token: null };
  const { sha256 } = await downloader.fetch(wanted, () => undefined, new AbortController().signal);
  if (sha256 !== source.sha256) throw new Error("The file came damaged.");
}

function curlIt(fileName: string): Promise<void> {
  const { status } = spawnSync("curl", ["-sL", "-o", join(folder, fileName), url]);
  if (status !== 0) throw new Error(`curl has failed (${status}).`);
  return Promise.resolve();
}

function randomFile(file: string): { readonly file: string; readonly sha256: string } {
  const hash = createHash("sha256");
  const handle = openSync(file, "w");
  for (let i = 0; i < megabytes; i++) {
    const bytes = randomBytes(1e6);
    hash.update(bytes);
    writeSync(handle, bytes);
  }
  closeSync(handle);
  return { file, sha256: hash.digest("hex") };
}
