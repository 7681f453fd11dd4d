import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discard, parts } from "../../src/jobs/models/transfer/parts";
import { startDownload } from "../support/downloadProcess";
import {
  TIMING,
  PATH,
  NAME,
  random,
  bytesOf,
  CONTENT,
  SHA256,
  useDownloads,
} from "../support/downloads";
import type { HubFaults } from "../support/hub";
import { patience } from "../support/patience";
import { hasSmallDisks, smallDisk } from "../support/smallDisk";

const downloads = useDownloads();
const other = "0".repeat(64);

describe("what was begun", () => {
  it("goes on where it ended", async () => {
    await downloads.fetchSome(400_000);
    expect(await parts(downloads.folder)).toEqual([
      { fileName: NAME, url: downloads.wanted().url, bytes: 400_000, total: CONTENT.length },
    ]);
    await downloads.fetchIt();
    const ranges = (await downloads.hub.requests()).map(({ headers }) => headers.range);
    expect(ranges).toEqual(["bytes=400000-", "bytes=400000-"]);
    expect(downloads.told[0]!.bytes).toBeGreaterThanOrEqual(400_000);
    downloads.expectWhole();
  });

  it.each([
    ["at the downloads.hub, which names digests", {}],
    ["where only the etag tells", { noDigest: true }],
    ["where nothing tells", { noDigest: true, noEtag: true }],
  ])("begins anew when the file has changed %s", async (_, faults: HubFaults) => {
    await downloads.fetchSome(400_000, faults);
    const content = bytesOf(CONTENT.length);
    await downloads.hub.put({ path: PATH, content, faults });
    await downloads.fetchIt();
    downloads.expectWhole(content);
  });

  it("ends when it was whole already", async () => {
    await downloads.fetchSome(400_000);
    writeFileSync(join(downloads.folder, `${NAME}.part`), CONTENT);
    await downloads.fetchIt();
    downloads.expectWhole();
    expect(await downloads.hub.requests()).toEqual([]);
  });

  it("is damaged: the digest tells, and the part is deleted", async () => {
    await downloads.fetchSome(400_000);
    writeFileSync(join(downloads.folder, `${NAME}.part`), bytesOf(400_000));
    await expect(downloads.fetchIt()).rejects.toThrow(/its sha256 is .* deleted/);
    expect(readdirSync(downloads.folder)).toEqual([]);
  });

  it.each(["", "{", "[1]", '{"url":"javascript:1","etag":3}', "x".repeat(100_000)])(
    "has a record that is none (%#): it begins anew",
    async (record) => {
      writeFileSync(join(downloads.folder, `${NAME}.part`), "other bytes");
      writeFileSync(join(downloads.folder, `${NAME}.part.json`), record);
      expect(await parts(downloads.folder)).toEqual([
        { fileName: NAME, url: null, bytes: 11, total: null },
      ]);
      await downloads.fetchIt();
      downloads.expectWhole();
    },
  );

  it("is not ours: it is left alone", async () => {
    writeFileSync(join(downloads.folder, `${NAME}.part`), "of a browser");
    await expect(downloads.fetchIt()).rejects.toThrow(/not begun by Twinlens/);
    await discard(downloads.folder, NAME);
    expect(await parts(downloads.folder)).toEqual([]);
    expect(readdirSync(downloads.folder)).toEqual([`${NAME}.part`]);
  });

  it("can be deleted", async () => {
    await downloads.fetchSome(400_000);
    await discard(downloads.folder, NAME);
    expect(readdirSync(downloads.folder)).toEqual([]);
  });

  it("is of a file that the catalogue does not mean: nothing is fetched", async () => {
    const digest = { algorithm: "sha256", hex: other, by: "catalogue" } as const;
    await expect(downloads.fetchIt({ digest })).rejects.toThrow(
      `than the catalogue names: its sha256 is ${SHA256}, not ${other}`,
    );
    expect(readdirSync(downloads.folder)).toEqual([]);
  });
});

describe("two that fetch one file", () => {
  it("in one program: the second is told", async () => {
    await downloads.hub.setFaults(PATH, { stall: { after: 1000 } });
    const stop = new AbortController();
    const first = downloads.fetchIt({}, stop.signal);
    await expect.poll(async () => (await downloads.hub.requests()).length).toBeGreaterThan(0);
    await expect(downloads.fetchIt()).rejects.toThrow(/being fetched by this program already/);
    await expect(discard(downloads.folder, NAME)).rejects.toThrow(/already/);
    stop.abort(new Error("paused"));
    await expect(first).rejects.toThrow("paused");
    await downloads.hub.setFaults(PATH, {});
    await downloads.fetchIt();
    downloads.expectWhole();
  });

  it("in two programs: the second is told who, and takes over when that one is killed", async () => {
    await downloads.hub.setFaults(PATH, { stall: { after: 300_000 } });
    const first = startDownload(downloads.wanted(), { timing: { stallMs: 60_000, pauseMs: 10 } });
    await expect
      .poll(() => existsSync(join(downloads.folder, `${NAME}.part.json`)), {
        timeout: patience(10_000),
      })
      .toBe(true);
    await expect(downloads.fetchIt()).rejects.toThrow(
      new RegExp(`being fetched by another program \\(process ${first.child.pid}\\)`),
    );
    first.child.kill("SIGKILL");
    await first.ended;
    await downloads.hub.setFaults(PATH, {});
    await downloads.fetchIt();
    downloads.expectWhole();
  });
});

describe("a program that is killed", () => {
  it(
    "at any moment: what it had goes on, and is right",
    { timeout: patience(60_000) },
    async () => {
      await downloads.hub.setFaults(PATH, { bytesPerSecond: 1.5e5 });
      const sizes: number[] = [];
      const partBytes = async () => (await parts(downloads.folder))[0]!.bytes;
      for (let kill = 0; kill < 10; kill++) {
        const { child, progress, ended } = startDownload(downloads.wanted(), { timing: TIMING });
        const isFetching = () => progress.some(({ state }) => state === "fetching");
        await expect.poll(isFetching, { interval: 5, timeout: patience(10_000) }).toBe(true);
        // Every second time something has reached the disk; otherwise as it happens.
        const before = sizes.at(-1) ?? 0;
        if (kill % 2 === 1) {
          await expect
            .poll(async () => (await partBytes()) > before, { timeout: patience(10_000) })
            .toBe(true);
        }
        await new Promise((done) => setTimeout(done, 200 * random()));
        child.kill("SIGKILL");
        expect(await ended).toBe(null);
        sizes.push(await partBytes());
      }
      expect(readdirSync(downloads.folder)).not.toContain(NAME);
      expect(new Set(sizes).size).toBeGreaterThanOrEqual(5);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
      await downloads.hub.setFaults(PATH, {});
      await downloads.fetchIt();
      downloads.expectWhole();
    },
  );
});

describe("a disk", () => {
  it("that takes no more: says so, keeps what came, and goes on", async () => {
    const { ended } = startDownload(downloads.wanted(), { timing: TIMING, largestFile: 1_000_448 });
    expect(await ended).toMatchObject({
      kind: "disk",
      message: expect.stringMatching(/takes no file of this size \(EFBIG\)/) as string,
    });
    expect(await parts(downloads.folder)).toMatchObject([{ bytes: 1_000_448 }]);
    await downloads.fetchIt();
    downloads.expectWhole();
  });

  it.skipIf(!hasSmallDisks())("that is full: says so before, or keeps what came", async () => {
    const disk = smallDisk();
    const there = downloads.wanted({ folder: disk.folder });
    const before = startDownload(there, { timing: TIMING, node: disk.node });
    expect(await before.ended).toMatchObject({
      message: expect.stringMatching(/too full: 1.5 MB are to come, and 1.0 MB are free/) as string,
    });
    await downloads.hub.setFaults(PATH, { noDigest: true, noLength: true });
    const meanwhile = startDownload(there, { timing: TIMING, node: disk.node });
    expect(await meanwhile.ended).toMatchObject({
      kind: "disk",
      message: expect.stringMatching(/is full \(ENOSPC\). What was fetched stays/) as string,
    });
    disk.remove();
  });

  it("is no folder: says so", async () => {
    const file = join(downloads.folder, "file");
    writeFileSync(file, "");
    await expect(downloads.fetchIt({ folder: file })).rejects.toThrow(/is no folder \(E/);
    await expect(downloads.fetchIt({ folder: join(file, "below") })).rejects.toThrow(
      /is no folder \(E/,
    );
    mkdirSync(join(downloads.folder, `${NAME}.part.json`));
    await expect(downloads.fetchIt()).rejects.toThrow(/could not be written to \(ERR_FS_EISDIR\)/);
  });
});
