import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeLeftovers, saveFile } from "../../src/jobs/store/saveFile";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-save-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("writes whole files, however many write them at once", async () => {
  const file = join(folder, "new", "a.twinlens.json");
  const texts = Array.from({ length: 20 }, (_, i) => `${i} `.repeat(50_000));
  await Promise.all(texts.map((text) => saveFile(file, text)));
  expect(texts).toContain(readFileSync(file, "utf8"));
  expect(readdirSync(join(folder, "new"))).toEqual(["a.twinlens.json"]);
});

it("removes what processes left that have ended, and nothing else", async () => {
  const ended = Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));
  const old = [
    `a.twinlens.json.${ended}-0.part`,
    `b.scores.${ended}-12.part`,
    `a.twinlens.json.${process.pid}-0.part`,
    `notes.${ended}-0.part`,
    "a.twinlens.json",
  ];
  const now = Date.now();
  for (const name of old) {
    writeFileSync(join(folder, name), "");
    utimesSync(join(folder, name), now / 1000 - 100, now / 1000 - 100);
  }
  const young = `a.twinlens.json.${ended}-1.part`;
  writeFileSync(join(folder, young), "");
  await removeLeftovers(folder, now);
  expect(readdirSync(folder).sort()).toEqual([...old.slice(2), young].sort());
});
