import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Event } from "vscode";
import type { Job } from "../../src/protocol/jobs";
import { RunsView } from "../../src/host/views/runsView";
import { serializeRun } from "../../src/formats/serializeRun";
import { newRun } from "../../src/jobs/runs/newRun";

// The editor's files are those of the disk.
vi.mock("vscode", () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire(): void {}
    dispose(): void {}
  },
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
        (await readdir(fsPath)).map((name) => [name, 1]),
      readFile: ({ fsPath }: { fsPath: string }) => readFile(fsPath),
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
  expect(items.map(({ contextValue }) => contextValue)).toEqual(["run", "run", "damagedRun"]);
  expect(items[2]).toMatchObject({ label: "cut.twinlens.json", description: "damaged" });

  tell([{ kind: "run", file: join(folder, "Foxes.twinlens.json") } as Job]);
  const described = runs.map((run) => view.getTreeItem(run).description);
  expect(described[1]).toBe("running");
  expect(described[0]).not.toBe("running");
});
