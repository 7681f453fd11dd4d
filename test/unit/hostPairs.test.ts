import { describe, expect, it } from "vitest";
import { createCrashCounter } from "../../src/host/connection/crashes";
import { refusal } from "../../src/host/editor/documents";
import {
  EMBEDDED_PAIR,
  embeddedPair,
  pickedPair,
  resolvePair,
  withPair,
} from "../../src/host/settings/pairs";

const twins = { name: "twins", base: "/models/base.gguf", rlhf: "/models/rlhf.gguf" };
const embedded = { name: EMBEDDED_PAIR, base: "/ext/models/twin-base.gguf", rlhf: null };

describe("resolvePair", () => {
  it("takes the embedded pair for an empty name, and says when there is none", () => {
    expect(resolvePair([twins], "", embedded)).toBe(embedded);
    expect(resolvePair([twins], "", null)).toEqual({ problem: "No pair of models is chosen." });
  });

  it("finds a pair by its name, with one model or both", () => {
    expect(resolvePair([twins], "twins", embedded)).toEqual(twins);
    const alone = { name: "alone", rlhf: "/models/rlhf.gguf" };
    expect(resolvePair([alone], "alone", null)).toEqual({ ...alone, base: null });
  });

  it("says what is wrong with a pair", () => {
    const problemOf = (pair: { name: string; base?: string }) => resolvePair([pair], "p", embedded);
    expect(problemOf({ name: "q" })).toEqual({ problem: 'There is no pair called "p".' });
    expect(problemOf({ name: "p" })).toEqual({ problem: 'The pair "p" names no model.' });
    for (const path of ["models/x.gguf", "~/x.gguf"]) {
      expect(problemOf({ name: "p", base: path })).toEqual({
        problem: `The base model of the pair "p" has a relative path, "${path}": the setting twinlens.pairs needs whole paths, without "~".`,
      });
    }
  });
});

describe("embeddedPair", () => {
  it("has what of it exists", () => {
    const only = (name: string) => (path: string) => path.endsWith(name);
    expect(embeddedPair("/ext", only("twin-base.gguf"))).toEqual(embedded);
    expect(embeddedPair("/ext", () => true)?.rlhf).toBe("/ext/models/twin-rlhf.gguf");
    expect(embeddedPair("/ext", () => false)).toBeNull();
  });
});

describe("pairs in the settings", () => {
  it("are replaced by name, or added", () => {
    const other = { name: "other", base: "/b.gguf" };
    expect(withPair([twins, other], { ...twins, base: "/new.gguf" })).toEqual([
      { ...twins, base: "/new.gguf" },
      other,
    ]);
    expect(withPair([twins], other)).toEqual([twins, other]);
  });

  it("are put together by picking one file after the other", () => {
    const first = pickedPair([twins], "twins", "base", "/b.gguf");
    const second = pickedPair([twins, first], first.name, "rlhf", "/r.gguf");
    expect(second).toEqual({ name: first.name, base: "/b.gguf", rlhf: "/r.gguf" });
  });

  it("start from nothing when another pair has been in use since", () => {
    const old = { ...pickedPair([], "", "base", "/b.gguf"), rlhf: "/r.gguf" };
    expect(pickedPair([twins, old], "twins", "base", "/c.gguf")).toEqual({
      name: old.name,
      base: "/c.gguf",
    });
  });
});

describe("crash counter", () => {
  it("gives up at the third crash within a minute", () => {
    let now = 0;
    const counter = createCrashCounter(() => now);
    const crashAt = (time: number) => ((now = time), counter.crashed());
    expect([crashAt(0), crashAt(30_000), crashAt(59_999)]).toEqual(["restart", "restart", "stop"]);
  });

  it("forgets crashes after a minute", () => {
    let now = 0;
    const counter = createCrashCounter(() => now);
    const crashAt = (time: number) => ((now = time), counter.crashed());
    expect([0, 50_000, 100_000, 150_000].map(crashAt)).toEqual(Array(4).fill("restart"));
  });
});

it("refuses what is no text of the user's, and nothing else", () => {
  for (const scheme of ["output", "vscode-notebook-cell", "comment"]) {
    expect(refusal(scheme)).toMatch(/not highlighted/);
  }
  for (const scheme of ["file", "untitled", "git", "vscode-remote"])
    expect(refusal(scheme)).toBeNull();
});
