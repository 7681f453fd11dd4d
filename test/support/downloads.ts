import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { seededRandom } from "../../src/analysis/statistics/random";
import { createDownloader } from "../../src/jobs/models/transfer/downloader";
import type { TransferProgress, WantedFile } from "../../src/jobs/models/transfer/transfer";
import { type Hub, type HubFaults, startHub } from "./hub";

export const TIMING = { stallMs: 500, pauseMs: 10 };
export const PATH = "user/model-GGUF/model.Q8_0.gguf";
export const NAME = "model.Q8_0.gguf";
export const TOKEN = "hf_secret";

/** 0 .. 1, the same numbers in every run. */
export const random = seededRandom(1);
export const bytesOf = (length: number) =>
  Uint8Array.from({ length }, () => Math.floor(256 * random()));
export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** What the hub's file holds. */
export const CONTENT = bytesOf(1_500_000);
export const SHA256 = sha256(CONTENT);

/** A hub with one file, and for each test a folder to fetch it into. */
export function useDownloads() {
  let hub: Hub;
  let folder: string;
  const told: TransferProgress[] = [];
  const downloader = createDownloader(resolve("dist/download.mjs"), TIMING);

  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(async () => {
    await downloader.close();
    await hub.close();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "twinlens-download-"));
    await hub.put({ path: PATH, content: CONTENT });
    await hub.forget();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const wanted = (changes: Partial<WantedFile> = {}): WantedFile => ({
    url: `${hub.url}/user/model-GGUF/resolve/main/${NAME}`,
    folder,
    fileName: NAME,
    bytes: null,
    digest: null,
    token: null,
    ...changes,
  });

  return {
    get hub() {
      return hub;
    },
    get folder() {
      return folder;
    },
    downloader,
    wanted,
    /** What the last transfer has told. */
    told,
    messages: () => told.flatMap(({ message }) => message ?? []),

    fetchIt(changes: Partial<WantedFile> = {}, signal = new AbortController().signal) {
      told.length = 0;
      return downloader.fetch(wanted(changes), (now) => told.push(now), signal);
    },

    /** Fetches so many bytes, and stops then. */
    async fetchSome(
      bytes: number,
      faults: HubFaults = {},
      changes: Partial<WantedFile> = {},
    ): Promise<void> {
      const silent = { drop: { after: bytes, times: 1 }, stall: { after: 0 } };
      await hub.setFaults(PATH, { ...faults, ...silent });
      const stop = new AbortController();
      const onProgress = ({ state }: TransferProgress) => state === "waiting" && stop.abort();
      await expect(downloader.fetch(wanted(changes), onProgress, stop.signal)).rejects.toThrow(
        "aborted",
      );
      expect(statSync(join(folder, `${NAME}.part`)).size).toBe(bytes);
      await hub.setFaults(PATH, faults);
      await hub.forget();
    },

    /** The file is there, whole, and nothing beside it. */
    expectWhole(content = CONTENT): void {
      expect(readdirSync(folder)).toEqual([NAME]);
      expect(sha256(readFileSync(join(folder, NAME)))).toBe(sha256(content));
    },
  };
}
