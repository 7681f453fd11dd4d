import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { afterAll, describe, expect, it } from "vitest";
import { unpackPackage } from "../../src/jobs/models/gpu/unpack";

const home = mkdtempSync(join(tmpdir(), "twinlens-unpack-"));
afterAll(() => rmSync(home, { recursive: true }));

interface Entry {
  readonly path: string;
  readonly text?: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "Directory" | "FIFO";
  readonly linkpath?: string;
}

function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, text = "", type = "File", linkpath = "" }) => {
    const content = Buffer.from(text);
    const header = new Header({ path, type, linkpath, size: content.length, mode: 0o644 });
    header.encode();
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [header.block!, content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const good: readonly Entry[] = [
  { path: "package/package.json", text: "{}" },
  { path: "package/bins/linux-x64/lib.so", text: "x".repeat(3000) },
];

let number = 0;
/** Unpacks bytes; what then lies in the folder, by name. */
async function unpacked(bytes: Buffer, most = 4000): Promise<Record<string, string>> {
  const place = join(home, String(number++));
  const folder = join(place, "into");
  mkdirSync(folder, { recursive: true });
  const file = join(place, "package.tgz");
  writeFileSync(file, bytes);
  try {
    await unpackPackage(file, folder, most, new AbortController().signal);
  } finally {
    // Whatever happens, nothing is written beside the folder.
    expect(readdirSync(place).toSorted()).toEqual(["into", "package.tgz"]);
  }
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Object.fromEntries(
    files.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}

it("unpacks a package without the folder on top", async () => {
  expect(await unpacked(gzipSync(tarOf(good)))).toEqual({
    "package.json": "{}",
    [join("bins", "linux-x64", "lib.so")]: "x".repeat(3000),
  });
});

describe("refuses", () => {
  const evil: Readonly<Record<string, readonly [Entry, string]>> = {
    "a path that leads out": [{ path: "package/../../evil", text: "x" }, "not in its folder"],
    "a path that leads out at once": [{ path: "../evil", text: "x" }, "not in its folder"],
    "an absolute path": [{ path: "/tmp/evil", text: "x" }, "not in its folder"],
    "another folder": [{ path: "other/evil", text: "x" }, "not in its folder"],
    "a file in place of the folder": [{ path: "package", text: "x" }, "not in its folder"],
    "a path of Windows": [{ path: "package/..\\..\\evil", text: "x" }, "not in its folder"],
    "a drive of Windows": [{ path: "package/C:/evil", text: "x" }, "not in its folder"],
    "a symbolic link": [
      { path: "package/evil", type: "SymbolicLink", linkpath: "/etc/passwd" },
      "no regular file (SymbolicLink)",
    ],
    "a hard link": [
      { path: "package/evil", type: "Link", linkpath: "package/package.json" },
      "no regular file (Link)",
    ],
    "a pipe": [{ path: "package/evil", type: "FIFO" }, "no regular file (FIFO)"],
    "more bytes than announced": [{ path: "package/more", text: "x".repeat(4000) }, "more than"],
  };
  it.each(Object.entries(evil))("%s", async (_, [entry, message]) => {
    for (const entries of [
      [...good, entry],
      [entry, ...good],
    ]) {
      await expect(unpacked(gzipSync(tarOf(entries)))).rejects.toThrow(message);
    }
  });

  it("a file through a link that stands before it", async () => {
    const entries: Entry[] = [
      { path: "package/bins", type: "SymbolicLink", linkpath: ".." },
      { path: "package/bins/evil", text: "x" },
    ];
    await expect(unpacked(gzipSync(tarOf(entries)))).rejects.toThrow("no regular file");
  });

  it("very many files", async () => {
    const many = Array.from({ length: 201 }, (_, i) => ({ path: `package/${i}` }));
    await expect(unpacked(gzipSync(tarOf(many)))).rejects.toThrow("more than 200 files");
  });

  it("what is cut off, inside the compression or before it", async () => {
    const whole = gzipSync(tarOf(good));
    await expect(unpacked(whole.subarray(0, whole.length - 20))).rejects.toThrow(
      "could not be unpacked",
    );
    await expect(unpacked(gzipSync(tarOf(good).subarray(0, 2000)))).rejects.toThrow(
      "could not be unpacked",
    );
  });

  it("what is no package at all", async () => {
    for (const bytes of [Buffer.from("<html>"), gzipSync("<html>".repeat(500)), Buffer.alloc(0)]) {
      await expect(unpacked(bytes)).rejects.toThrow("could not be unpacked");
    }
  });
});

it("ends when it is cancelled", async () => {
  const file = join(home, "cancelled.tgz");
  const folder = join(home, "cancelled");
  mkdirSync(folder);
  writeFileSync(file, gzipSync(tarOf(good)));
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(unpackPackage(file, folder, 4000, stopped)).rejects.toThrow("stopped");
});
