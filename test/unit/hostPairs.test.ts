import { describe, expect, it } from "vitest";
import { createCrashCounter } from "../../src/host/connection/crashes";
import { refusal } from "../../src/host/editor/documents";
import { chooseAdapterOf } from "../../src/host/settings/adaptedPair";
import {
  EMBEDDED_PAIR,
  embeddedPair,
  pairOfBeforeAfter,
  pickedPair,
  resolvePair,
  withAdapter,
  withPair,
} from "../../src/host/settings/pairs";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import type { Pair } from "../../src/protocol/settings";

const twins = { name: "twins", base: "/models/base.gguf", rlhf: "/models/rlhf.gguf" };
const embedded = {
  name: EMBEDDED_PAIR,
  base: withoutAdapter("/ext/models/twin-base.gguf"),
  rlhf: null,
};

describe("resolvePair", () => {
  it("takes the embedded pair for an empty name, and says when there is none", () => {
    expect(resolvePair([twins], "", embedded)).toBe(embedded);
    expect(resolvePair([twins], "", null)).toEqual({ problem: "No pair of models is chosen." });
  });

  it("finds a pair by its name, with one model or both", () => {
    expect(resolvePair([twins], "twins", embedded)).toEqual({
      name: "twins",
      base: withoutAdapter(twins.base),
      rlhf: withoutAdapter(twins.rlhf),
    });
    const alone = { name: "alone", rlhf: "/models/rlhf.gguf" };
    expect(resolvePair([alone], "alone", null)).toEqual({
      name: "alone",
      base: null,
      rlhf: withoutAdapter(alone.rlhf),
    });
  });

  it("finds the adapters of its models", () => {
    const adapted = { ...twins, rlhfAdapter: "/adapters/prose.gguf" };
    expect(resolvePair([adapted], "twins", null)).toEqual({
      name: "twins",
      base: withoutAdapter(twins.base),
      rlhf: { path: twins.rlhf, adapter: adapted.rlhfAdapter },
    });
  });

  it("adds the adapters of a pair that names no model to the embedded models", () => {
    const prose = { name: "prose", baseAdapter: "/adapters/prose.gguf" };
    expect(resolvePair([prose], "prose", embedded)).toEqual({
      name: "prose",
      base: { path: embedded.base.path, adapter: prose.baseAdapter },
      rlhf: null,
    });
    expect(resolvePair([prose], "prose", null)).toEqual({
      problem: 'The pair "prose" names no model.',
    });
  });

  it("says what is wrong with a pair", () => {
    const problemOf = (pair: Pair) => resolvePair([pair], "p", embedded);
    expect(problemOf({ name: "q" })).toEqual({ problem: 'There is no pair called "p".' });
    expect(problemOf({ name: "p" })).toEqual({ problem: 'The pair "p" names no model.' });
    for (const path of ["models/x.gguf", "~/x.gguf"]) {
      expect(problemOf({ name: "p", base: path })).toEqual({
        problem: `The base model of the pair "p" has a relative path, "${path}": the setting twinlens.pairs needs whole paths, without "~".`,
      });
      expect(problemOf({ name: "p", rlhf: "/r.gguf", rlhfAdapter: path })).toEqual({
        problem: `The adapter of the RLHF model of the pair "p" has a relative path, "${path}": the setting twinlens.pairs needs whole paths, without "~".`,
      });
    }
    expect(problemOf({ name: "p", rlhf: "/r.gguf", baseAdapter: "/a.gguf" })).toEqual({
      problem: 'There is an adapter, but no base model of the pair "p" that it is added to.',
    });
  });
});

describe("embeddedPair", () => {
  it("has what of it exists", () => {
    const only = (name: string) => (path: string) => path.endsWith(name);
    expect(embeddedPair("/ext", only("twin-base.gguf"))).toEqual(embedded);
    expect(embeddedPair("/ext", () => true)?.rlhf?.path).toBe("/ext/models/twin-rlhf.gguf");
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

  it("get an adapter, another one, and none again", () => {
    const first = withAdapter(twins, "rlhf", "/a.gguf");
    expect(first).toEqual({ ...twins, rlhfAdapter: "/a.gguf" });
    expect(withAdapter(first, "rlhf", "/b.gguf")).toEqual({ ...twins, rlhfAdapter: "/b.gguf" });
    expect(withAdapter(first, "base", "/b.gguf")).toEqual({ ...first, baseAdapter: "/b.gguf" });
    expect(withAdapter(first, "rlhf", null)).toEqual(twins);
  });

  it("lose the adapter of a model in whose place another one is picked", () => {
    const { name } = pickedPair([], "", "base", "/b.gguf");
    const adapted = { name, base: "/b.gguf", baseAdapter: "/a.gguf", rlhfAdapter: "/c.gguf" };
    expect(pickedPair([adapted], name, "base", "/new.gguf")).toEqual({
      name,
      base: "/new.gguf",
      rlhfAdapter: "/c.gguf",
    });
  });

  it("start from nothing when another pair has been in use since", () => {
    const old = { ...pickedPair([], "", "base", "/b.gguf"), rlhf: "/r.gguf" };
    expect(pickedPair([twins, old], "twins", "base", "/c.gguf")).toEqual({
      name: old.name,
      base: "/c.gguf",
    });
  });
});

describe("an adapter that is chosen", () => {
  const RLHF = "Embedded pair, RLHF + a.gguf";

  it("is another one of a pair that the user has named, whose name stays", () => {
    const adapted = { ...twins, baseAdapter: "/a.gguf" };
    expect(chooseAdapterOf([twins], "twins", "base", "/a.gguf")).toEqual({
      pair: "twins",
      pairs: [adapted],
    });
    expect(chooseAdapterOf([adapted], "twins", "base", null)).toEqual({
      pair: "twins",
      pairs: [twins],
    });
    const prose = { name: "prose", rlhfAdapter: "/a.gguf" };
    expect(chooseAdapterOf([prose], "prose", "rlhf", "/b.gguf")).toEqual({
      pair: "prose",
      pairs: [{ name: "prose", rlhfAdapter: "/b.gguf" }],
    });
  });

  it("makes a pair of the embedded one, which goes with its last adapter", () => {
    const first = chooseAdapterOf([twins], "", "rlhf", "/a.gguf");
    expect(first).toEqual({ pair: RLHF, pairs: [twins, { name: RLHF, rlhfAdapter: "/a.gguf" }] });
    const both = chooseAdapterOf(first.pairs, first.pair, "base", "/a.gguf");
    expect(both).toEqual({
      pair: "Embedded pair, base + a.gguf, RLHF + a.gguf",
      pairs: [twins, { name: both.pair, rlhfAdapter: "/a.gguf", baseAdapter: "/a.gguf" }],
    });
    const back = chooseAdapterOf(both.pairs, both.pair, "base", null);
    expect(back).toEqual(first);
    expect(chooseAdapterOf(back.pairs, back.pair, "rlhf", null)).toEqual({
      pair: "",
      pairs: [twins],
    });
  });

  it("gives that pair its name", () => {
    const { pair, pairs } = chooseAdapterOf([], "", "rlhf", "/a.gguf");
    expect(chooseAdapterOf(pairs, pair, "rlhf", "/b.gguf")).toEqual({
      pair: "Embedded pair, RLHF + b.gguf",
      pairs: [{ name: "Embedded pair, RLHF + b.gguf", rlhfAdapter: "/b.gguf" }],
    });
  });

  it("takes no other pair's place, whatever role or folder it is of", () => {
    let pairs: readonly Pair[] = [];
    const names = (["rlhf", "base"] as const).flatMap((role) =>
      ["/a.gguf", "/x/a.gguf", "/y/a.gguf", "/x/a.gguf"].map((adapter) => {
        const choice = chooseAdapterOf(pairs, "", role, adapter);
        pairs = choice.pairs;
        return choice.pair;
      }),
    );
    const base = "Embedded pair, base + a.gguf";
    expect(names).toEqual([
      ...[RLHF, `${RLHF} (2)`, `${RLHF} (3)`, `${RLHF} (2)`],
      ...[base, `${base} (2)`, `${base} (3)`, `${base} (2)`],
    ]);
    const different = ["/a.gguf", "/x/a.gguf", "/y/a.gguf"];
    expect(pairs.map(({ rlhfAdapter }) => rlhfAdapter).slice(0, 3)).toEqual(different);
    expect(pairs.map(({ baseAdapter }) => baseAdapter).slice(3)).toEqual(different);
  });

  it("of a pair with a number changes its name as well", () => {
    const numbered = { name: `${RLHF} (2)`, rlhfAdapter: "/x/a.gguf" };
    expect(chooseAdapterOf([numbered], numbered.name, "rlhf", "/b.gguf").pair).toBe(
      "Embedded pair, RLHF + b.gguf",
    );
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
    expect(refusal(scheme)).toMatch(/not read/);
  }
  for (const scheme of ["file", "untitled", "git", "vscode-remote"])
    expect(refusal(scheme)).toBeNull();
});

describe("pairOfBeforeAfter", () => {
  it("is of a model without the adapter and with it", () => {
    const pair = pairOfBeforeAfter("/models/smol.gguf", "/made/prose-base.gguf", embedded);
    expect(pair).toEqual({
      name: "smol before and after prose-base",
      base: "/models/smol.gguf",
      rlhf: "/models/smol.gguf",
      rlhfAdapter: "/made/prose-base.gguf",
    });
  });

  it("names an embedded model, whose file is elsewhere after an update", () => {
    const adapter = "/made/prose-base.gguf";
    const pair = pairOfBeforeAfter(embedded.base.path, adapter, embedded);
    expect(JSON.stringify(pair)).not.toContain("/ext/");
    const updated = { ...embedded, base: withoutAdapter("/ext2/models/twin-base.gguf") };
    expect(resolvePair([pair], pair.name, updated)).toEqual({
      name: "twin-base before and after prose-base",
      base: updated.base,
      rlhf: { path: updated.base.path, adapter },
    });
    expect(resolvePair([pair], pair.name, null)).toEqual({
      problem: `The pair "${pair.name}" names no model.`,
    });
  });
});
