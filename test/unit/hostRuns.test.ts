import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Event } from "vscode";
import type { Job } from "../../src/protocol/jobs";
import { nameSet } from "../../src/host/runs/savedRuns";
import { setSamples } from "../../src/host/runs/setSamples";
import { RunsView } from "../../src/host/views/runsView";
import { serializeRun } from "../../src/formats/serializeRun";
import { newRun } from "../../src/jobs/runs/newRun";
import { importedSamples } from "../support/importedSamples";

// The editor's files are those of the disk.
vi.mock("vscode", () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire(): void {}
    dispose(): void {}
  },
  FileType: { File: 1, Directory: 2 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1 },
  ThemeIcon: class {
    constructor(readonly id: string) {}
  },
  TreeItem: class {
    constructor(readonly label: string) {}
  },
  Uri: { joinPath: (folder: { fsPath: string }, name: string) => uriOf(join(folder.fsPath, name)) },
  workspace: {
    fs: {
      readDirectory: async ({ fsPath }: { fsPath: string }) =>
        (await readdir(fsPath, { withFileTypes: true })).map((entry) => [
          entry.name,
          entry.isDirectory() ? 2 : 1,
        ]),
      readFile: ({ fsPath }: { fsPath: string }) => readFile(fsPath),
      writeFile: ({ fsPath }: { fsPath: string }, content: Uint8Array) =>
        writeFile(fsPath, content),
      stat: async ({ fsPath }: { fsPath: string }) => ({ mtime: (await stat(fsPath)).mtimeMs }),
    },
  },
}));

const uriOf = (path: string) => ({ path, fsPath: path, toString: () => path });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-list-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("lists saved runs, the newest first, and names those that run and files that are none", async () => {
  const settings = { samples: 2, seed: 1, maxTokens: 5 };
  for (const [name, created] of [
    ["Foxes", "2026-01-01T00:00:00Z"],
    ["Frogs", "2026-01-02T00:00:00Z"],
  ] as const) {
    const run = { ...newRun(name, settings), created };
    writeFileSync(join(folder, `${name}.twinlens.json`), serializeRun(run));
  }
  writeFileSync(join(folder, "cut.twinlens.json"), '{"format":"twinlens-run","ver');
  writeFileSync(join(folder, "notes.txt"), "");
  let tell: (jobs: readonly Job[]) => unknown = () => undefined;
  const onDidChange: Event<readonly Job[]> = (listener) => {
    tell = listener;
    return { dispose: () => undefined };
  };
  const view = new RunsView(uriOf(folder) as never, { onDidChange });
  const runs = await view.getChildren();
  expect(runs.map(({ name }) => name)).toEqual(["Frogs", "Foxes", "cut.twinlens.json"]);
  const items = runs.map((run) => view.getTreeItem(run));
  expect(items.map(({ contextValue }) => contextValue)).toEqual([
    "run.incomplete",
    "run.incomplete",
    "damagedRun",
  ]);
  expect(items[2]).toMatchObject({ label: "cut.twinlens.json", description: "damaged" });

  tell([{ kind: "run", file: join(folder, "Foxes.twinlens.json") } as Job]);
  const described = runs.map((run) => view.getTreeItem(run).description);
  expect(described[1]).toBe("running");
  expect(described[0]).not.toBe("running");
});

it("lists a set of runs as one, with its runs in the order of their files, and exports their samples", async () => {
  const set = join(folder, "2026");
  await mkdir(join(folder, "no set"));
  await mkdir(set);
  await nameSet(uriOf(set) as never, "prompts.jsonl", "2026-01-01T00:00:00Z");
  const runs = [importedSamples("Why?", ["a"], "base"), importedSamples("How?", ["b\n", "c"])];
  for (const [i, run] of runs.entries()) {
    writeFileSync(join(set, `000${i}.twinlens.json`), serializeRun(run));
  }
  const view = new RunsView(uriOf(folder) as never, { onDidChange: () => ({ dispose() {} }) });
  const listed = await view.getChildren();
  expect(listed).toMatchObject([{ kind: "set", name: "prompts.jsonl" }]);
  expect(view.getTreeItem(listed[0]!)).toMatchObject({
    label: "prompts.jsonl",
    contextValue: "runSet",
  });
  const inSet = await view.getChildren(listed[0]);
  expect(inSet).toMatchObject([
    { kind: "run", name: "Why?", prompt: "Why?", missing: ["rlhf"] },
    { kind: "run", name: "How?", prompt: "How?", missing: ["base"] },
  ]);
  const samples = await setSamples(inSet.filter((entry) => entry.kind === "run"));
  expect(
    samples
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { prompt: "Why?", role: "base", samples: ["a"] },
    { prompt: "How?", role: "rlhf", samples: ["b\n", "c"] },
  ]);
});
