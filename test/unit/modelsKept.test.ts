import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  keep,
  listKept,
  type ModelRecord,
  noteUse,
  recordOf,
  removeKept,
} from "../../src/jobs/models/kept";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-kept-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content = "GGUF, and tensors"): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const RECORD: ModelRecord = {
  name: "twin-base",
  source: "hf:twins/Twins-GGUF/twin.gguf",
  sha256: ["a".repeat(64)],
  verifiedBy: "hub",
  fetched: 1_700_000_000_000,
  lastUsed: null,
};

it("lists what was fetched and what others have put there, and what is whole of it", async () => {
  const twin = write("twins/Twins-GGUF/twin.gguf");
  await keep(twin, RECORD);
  const own = write("own.gguf");
  const split = write("s/big-00001-of-00002.gguf");
  write("s/big-00002-of-00002.gguf");
  write("half-00001-of-00002.gguf");
  write("page.gguf", "<html>not found</html>");
  write("empty.gguf", "");
  write("mmproj-twin.gguf");
  write("twin.gguf.part");
  expect(await listKept(folder)).toEqual([
    { path: own, bytes: 17, record: null },
    { path: split, bytes: 34, record: null },
    { path: twin, bytes: 17, record: expect.objectContaining(RECORD) as ModelRecord },
  ]);
});

it("lists nothing where there is no folder", async () => {
  expect(await listKept(join(folder, "none"))).toEqual([]);
});

it("takes a record that can't be read for none", async () => {
  const twin = write("twin.gguf");
  for (const record of ["", "{", "[]", '{"version": 1}', '{"version": 2, "name": "x"}']) {
    write("twin.gguf.twinlens-model.json", record);
    expect(await recordOf(twin)).toBeNull();
    await expect(removeKept(twin, folder)).rejects.toThrow("was not fetched by Twinlens");
  }
  expect(existsSync(twin)).toBe(true);
});

it("remembers when a model was used last, of those that were fetched", async () => {
  const twin = write("twin.gguf");
  await noteUse(twin, 5);
  expect(readdirSync(folder)).toEqual(["twin.gguf"]);
  await keep(twin, RECORD);
  await noteUse(twin, 5);
  expect(await recordOf(twin)).toMatchObject({ ...RECORD, lastUsed: 5 });
});

it.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "is used from a folder that may only be read",
  async () => {
    const twin = write("r/twin.gguf");
    await keep(twin, RECORD);
    chmodSync(join(folder, "r"), 0o500);
    await noteUse(twin, 5);
    chmodSync(join(folder, "r"), 0o700);
    expect(await recordOf(twin)).toMatchObject({ lastUsed: null });
  },
);

it("removes a model with all its files and the folders that are empty then, and nothing else", async () => {
  const big = write("twins/Big-GGUF/big-00001-of-00002.gguf");
  write("twins/Big-GGUF/big-00002-of-00002.gguf");
  await keep(big, { ...RECORD, source: "hf:twins/Big-GGUF/big-00001-of-00002.gguf" });
  const other = write("twins/Other-GGUF/other.gguf");
  await removeKept(big, folder);
  expect(readdirSync(join(folder, "twins"))).toEqual(["Other-GGUF"]);
  // A record that somebody has copied makes nothing ours.
  await keep(other, RECORD);
  await expect(removeKept(other, folder)).rejects.toThrow("was not fetched by Twinlens");
  await keep(other, { ...RECORD, source: "hf:twins/Other-GGUF/other.gguf" });
  await removeKept(other, folder);
  expect(readdirSync(folder)).toEqual([]);
});

it("removes what is left of a model whose files the user has deleted", async () => {
  const twin = write("twins/T/twin.gguf");
  await keep(twin, RECORD);
  rmSync(twin);
  expect(await listKept(folder)).toEqual([]);
  await removeKept(twin, folder);
  expect(readdirSync(folder)).toEqual([]);
});

it("removes a model that lies elsewhere, and leaves its folder", async () => {
  const twin = write("elsewhere/twin.gguf");
  await keep(twin, RECORD);
  await removeKept(twin, join(folder, "kept"));
  expect(readdirSync(folder)).toEqual(["elsewhere"]);
});

it.skipIf(process.platform === "win32")("removes a link, and not what it leads to", async () => {
  const own = write("own/mine.gguf");
  const link = join(folder, "kept", "twin.gguf");
  mkdirSync(dirname(link));
  symlinkSync(own, link);
  await keep(link, RECORD);
  await removeKept(link, join(folder, "kept"));
  expect(existsSync(own)).toBe(true);
  expect(readdirSync(join(folder, "kept"))).toEqual([]);
});
