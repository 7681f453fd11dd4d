import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findCorpusFiles } from "../../src/jobs/corpora/findFiles";
import { corpusWith } from "../support/corpora";

const namesOf = async (paths: readonly string[], folder: string) =>
  (await findCorpusFiles(paths, folder)).map(({ name }) => name);

it("a folder gives its files and those of the folders inside, sorted, without what is hidden or no corpus", async () => {
  const folder = corpusWith({
    "b.txt": "b",
    "a/z.jsonl.gz": "",
    "a/deep/y.PARQUET": "",
    "B.md": "",
    "README.md": "",
    "a/LICENSE.txt": "",
    ".hidden.txt": "",
    ".git/a.txt": "",
    "a/picture.png": "",
    "a/archive.tar.gz": "",
  });
  expect(await namesOf(["."], folder)).toEqual([
    "B.md",
    "a/deep/y.PARQUET",
    "a/z.jsonl.gz",
    "b.txt",
  ]);
  expect(await namesOf(["a"], folder)).toEqual(["a/deep/y.PARQUET", "a/z.jsonl.gz"]);
});

it("globs, files and folders are put together, each file once", async () => {
  const folder = corpusWith({ "a/1.txt": "", "a/2.txt": "", "b/1.txt": "", "b/[1].txt": "" });
  expect(await namesOf(["*/1.txt"], folder)).toEqual(["a/1.txt", "b/1.txt"]);
  expect(await namesOf(["**/{1,2}.txt", "a", join(folder, "a/2.txt")], folder)).toEqual([
    "a/1.txt",
    "a/2.txt",
    "b/1.txt",
  ]);
  expect(await namesOf(["../b/[1].txt"], join(folder, "a"))).toEqual(["../b/[1].txt"]);
});

it("a name says what a file is", async () => {
  const folder = corpusWith({ "a.json": "", "a.TSV.zst": "", "README.md": "" });
  expect(await findCorpusFiles(["a.json", "a.TSV.zst", "README.md"], folder)).toMatchObject([
    { name: "README.md", format: "text", compression: null },
    { name: "a.TSV.zst", format: "tsv", compression: "zstd" },
    { name: "a.json", format: "json", compression: null, path: join(folder, "a.json") },
  ]);
});

it("links to files are followed, links to folders are not", async () => {
  const folder = corpusWith({ "data/a.txt": "", "blobs/0123": "text" });
  symlinkSync("../blobs/0123", join(folder, "data/b.txt"));
  symlinkSync("../nowhere", join(folder, "data/c.txt"));
  symlinkSync("..", join(folder, "data/up"));
  mkdirSync(join(folder, "data/deep"));
  symlinkSync("..", join(folder, "data/deep/up"));
  expect(await namesOf(["data"], folder)).toEqual(["data/a.txt", "data/b.txt"]);
  expect(await namesOf(["**/*.txt"], folder)).toEqual(["data/a.txt", "data/b.txt"]);
});

it.each([
  ["missing.txt", "missing.txt is no file or folder, and as a glob it matches no files in"],
  ["empty", "The folder empty has no files: txt, md"],
  ["pictures", "The folder pictures has no files that can be read as a corpus: txt, md"],
  ["pictures/*", "pictures/* is no file or folder, and as a glob it matches no files that can be"],
  ["pictures/a.png", "pictures/a.png can't be read as a corpus: txt, md"],
])("%s gives no file, which is an error", async (path, message) => {
  const folder = corpusWith({ "a.txt": "", "pictures/a.png": "" });
  mkdirSync(join(folder, "empty"));
  await expect(findCorpusFiles(["a.txt", path], folder)).rejects.toThrow(message);
});
