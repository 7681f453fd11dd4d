import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { modelAt } from "../../src/engine/modelFiles";
import { HighlightedDocument } from "../../src/server/documents/highlighted";
import { scoresOf } from "../support/scores";

const folder = mkdtempSync(join(tmpdir(), "twinlens-highlighted-"));
const chosen = { path: join(folder, "model.gguf"), adapter: join(folder, "prose.gguf") };
beforeAll(() => Object.values(chosen).forEach((path) => writeFileSync(path, "x")));
afterAll(() => rmSync(folder, { recursive: true }));

const vocabulary = {
  bytes: new TextEncoder().encode("one"),
  offsets: Uint32Array.of(0, 3),
  attributes: new Uint16Array(1),
  bos: null,
  endOfGeneration: [],
  addsSpacePrefix: false,
};

/** A text that was scored before anybody knew the model's digest. */
function highlighted(): HighlightedDocument {
  const target = new HighlightedDocument(
    TextDocument.create("file:///a.txt", "plaintext", 1, "one"),
    { range: null, asReply: false, prompt: null },
    { pair: "twins", key: "1" },
  );
  const adapterFacts = { sha256: "", madeOf: "another", isOfAnother: false };
  const scores = scoresOf([{ text: "one", bits: 1 }], { ...modelAt(chosen), adapterFacts });
  target.beginLayer();
  target.setRole("base", {
    scores: scoresOf([]),
    original: scoresOf([]),
    prefix: null,
    vocabulary,
  });
  target.setRole("rlhf", { scores, original: scores, prefix: null, vocabulary });
  return target;
}

const isOfAnother = ({ current }: HighlightedDocument) =>
  [current.rlhf!.scores, current.rlhf!.original].map(
    ({ model }) => model.adapterFacts?.isOfAnother,
  );

it("a text's scores say that an adapter was made of another model once that is known", async () => {
  const target = highlighted();
  const { columns } = target.current.rlhf!.scores;
  expect(await target.recogniseAdapters(() => Promise.resolve(null))).toBe(false);
  expect(await target.recogniseAdapters(() => Promise.resolve("another"))).toBe(false);
  expect(isOfAnother(target)).toEqual([false, false]);
  expect(await target.recogniseAdapters(() => Promise.resolve("this one"))).toBe(true);
  expect(isOfAnother(target)).toEqual([true, true]);
  expect(target.current.rlhf!.scores.columns).toBe(columns);
  expect(target.current.base?.scores.model.adapterFacts).toBeNull();
  expect(await target.recogniseAdapters(() => Promise.resolve("this one"))).toBe(false);
});

it("a model that has been written anew since tells nothing of the one that scored", async () => {
  const target = highlighted();
  writeFileSync(chosen.path, "another model");
  expect(await target.recogniseAdapters(() => Promise.resolve("this one"))).toBe(false);
});
