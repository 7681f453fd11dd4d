/** What the host keeps of continuations: drawings that take each other's place, what is missing, what outlives a reload. */
import { beforeEach, expect, it, vi } from "vitest";
import type { Memento } from "vscode";
import { placeOfCursor } from "../../src/analysis/continuations/place";
import type { Server } from "../../src/host/connection/server";
import { TryTree } from "../../src/host/continuation/tryTree";
import { Continuations } from "../../src/host/continuation/continuations";
import type { Drawn, DrawParams, ReadText } from "../../src/protocol/continuation";
import type { ContinuationNode } from "../../src/protocol/continuationPanel";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import type { Role } from "../../src/protocol/roles";
import { settingsSchema } from "../../src/protocol/settings";

const URI = "file:///story.md";
const editor = vi.hoisted(() => ({ text: "", clipboard: "" }));

vi.mock("vscode", async () => ({
  ...(await import("../support/vscodeParts")),
  Uri: { parse: (uri: string) => ({ scheme: uri.split(":")[0], path: uri }) },
  env: {
    clipboard: { writeText: (text: string) => Promise.resolve(void (editor.clipboard = text)) },
  },
  workspace: {
    textDocuments: [{ uri: { toString: () => "file:///story.md" }, getText: () => editor.text }],
    openTextDocument: () => Promise.reject(new Error("gone")),
    onDidChangeTextDocument: () => ({ dispose: () => undefined }),
  },
}));

interface Asked extends DrawParams {
  readonly answer: (read: readonly ReadText[]) => void;
  readonly fail: (error: Error) => void;
}

let asked: Asked[];
let tell: (drawn: Drawn) => void;
let store: Memento;
let tree: TryTree;
let continuations: Continuations;

const server = {
  onContinuation: (listener: (drawn: Drawn) => void) => {
    tell = listener;
    return { dispose: () => undefined };
  },
  request: (
    _: unknown,
    params: DrawParams,
    token: { onCancellationRequested: (stop: () => void) => void },
  ) =>
    new Promise((answer, fail) => {
      asked.push({ ...params, answer, fail });
      token.onCancellationRequested(() => fail(Object.assign(new Error("-"), { code: -32800 })));
    }),
} as unknown as Server;

const create = () => {
  tree = new TryTree(store);
  return new Continuations({
    server,
    tree,
    settings: () => settingsSchema.parse({}),
    pair: () => ({ name: "twins", base: withoutAdapter("b"), rlhf: withoutAdapter("r") }),
  });
};
const settled = () => new Promise((done) => setTimeout(done));
const start = () => {
  const place = placeOfCursor(editor.text, editor.text.length);
  return { uri: URI, title: "story.md", place, first: null };
};
const drawn = (role: Role, sample: number, text = ` ${role} ${sample}`) => {
  const { drawing } = asked.at(-1)!;
  tell({ drawing, role, continuation: { sample, text, starts: [0], ended: "length" } });
};
const kept = () =>
  continuations.view.nodes.filter((node): node is ContinuationNode => node.kind === "continuation");

beforeEach(() => {
  const values = new Map<string, unknown>();
  store = {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) =>
      Promise.resolve(void values.set(key, structuredClone(value))),
  } as unknown as Memento;
  asked = [];
  editor.text = "The man counted the lights and ";
  continuations = create();
});

it("a try is drawn, cancelled, finished and added to, each sample once", async () => {
  void continuations.begin(start());
  await settled();
  expect(asked[0]).toMatchObject({
    before: "The man counted the lights and",
    first: null,
    samples: { base: [0, 1, 2, 3, 4, 5, 6, 7], rlhf: [0, 1, 2, 3, 4, 5, 6, 7] },
    seed: 1,
    maxTokens: 40,
    temperature: 1,
    topP: { base: 0.7, rlhf: 0.9 },
  });
  drawn("base", 0);
  drawn("base", 1);
  continuations.cancel();
  await settled();
  expect(continuations.view).toMatchObject({ drawing: null, next: "finish" });
  expect(continuations.view.failure).toMatch(/^Cancelled/u);
  // What comes late belongs to nothing any more.
  drawn("base", 2);
  expect(kept()).toHaveLength(2);

  void continuations.drawMore(continuations.view.selected!);
  await settled();
  expect(asked[1]!.samples).toEqual({ base: [2, 3, 4, 5, 6, 7], rlhf: [0, 1, 2, 3, 4, 5, 6, 7] });
  for (const role of ["base", "rlhf"] as const) asked[1]!.samples[role].map((i) => drawn(role, i));
  asked[1]!.answer([{ role: "base", tokens: 900, isCut: true }]);
  await settled();
  expect(kept()).toHaveLength(16);
  expect(continuations.view).toMatchObject({ next: "add", failure: null });
  expect(continuations.view.nodes[1]).toMatchObject({ kind: "try", cut: { base: 900 } });

  // The same place in the same way: further ones of the same try.
  void continuations.begin(start());
  await settled();
  expect(asked[2]!.samples.rlhf).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  continuations.choose({ ...continuations.view.choice, temperature: 0 });
  expect(continuations.view.next).toBe("begin");
});

it("another drawing ends the one before, and goes on after a part of a continuation", async () => {
  void continuations.begin(start());
  await settled();
  drawn("rlhf", 0, " went home , he");
  const [{ id }] = kept() as [ContinuationNode];
  void continuations.goOn(id, " went home ".length);
  await settled();
  expect(continuations.view.failure).toBeNull();
  expect(asked[1]!.before).toBe("The man counted the lights and went home");
  drawn("base", 0, ". It rained");
  await continuations.copy(kept().at(-1)!.id, ". It".length);
  expect(editor.clipboard).toBe(" went home. It");
});

it("a failure is told in words", async () => {
  void continuations.begin(start());
  await settled();
  asked[0]!.fail(new Error("Memory is short.\nstack"));
  await settled();
  expect(continuations.view).toMatchObject({ failure: "Memory is short.", next: "begin" });
  editor.text = "Something else.";
  await continuations.drawMore(continuations.view.selected!);
  expect(continuations.view.failure).toMatch(/^The place can't be found in story\.md any more/u);
});

it("what was removed or cleared comes back, and all outlives a reload", async () => {
  void continuations.begin(start());
  await settled();
  drawn("base", 0);
  drawn("rlhf", 0);
  asked[0]!.answer([]);
  await settled();
  const all = continuations.view.nodes;
  continuations.remove(kept()[0]!.id);
  expect(kept()).toHaveLength(1);
  continuations.undo();
  expect(continuations.view.nodes).toEqual(all);
  continuations.clear();
  expect(continuations.view).toMatchObject({ nodes: [], selected: null, canUndo: true });
  continuations.undo();
  continuations.dispose();
  tree.dispose();
  const later = create();
  expect(later.view.nodes).toEqual(all);
  expect(later.view.drawing).toBeNull();
  // Of another version, or damaged.
  void store.update("continuations", { nodes: [{ kind: "place" }], selected: null, choice: null });
  expect(create().view.nodes).toEqual([]);
});

it("of a damaged tree what hangs on nothing is left out, and no path goes round in a circle", async () => {
  void continuations.begin(start());
  await settled();
  drawn("base", 0);
  asked[0]!.answer([]);
  await settled();
  const { nodes } = continuations.view;
  const [place, one, text] = [nodes[0]!, nodes[1]!, nodes[2]!];
  const damaged = [
    ...nodes,
    { ...one, id: 91, parent: 91 },
    { ...one, id: 92, parent: 93 },
    { ...text, id: 93, parent: 92 },
    { ...text, id: 94, parent: place.id },
    { ...text, parent: one.id },
  ];
  for (const selected of [91, 93, 1000]) {
    void store.update("continuations", { nodes: damaged, selected, choice: null });
    expect(create().view.nodes).toEqual(nodes);
  }
});

it("removing what is drawn ends the drawing", async () => {
  void continuations.begin(start());
  await settled();
  continuations.clear();
  drawn("base", 0);
  await settled();
  expect(continuations.view).toMatchObject({ nodes: [], drawing: null, failure: null });
});
