import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogModel } from "../../src/formats/catalog/catalogSchema";
import { parseCatalog } from "../../src/formats/catalog/parseCatalog";

const MODEL = {
  name: "twin-1b-base",
  family: "Twin",
  size: "1B",
  quantisation: "Q8_0",
  stage: "base",
  source: "hf:twins/Twin-1B-GGUF/twin-1b.Q8_0.gguf",
  bytes: 1_100_000_000,
  licence: "MIT",
};

function faultsOf(change: Record<string, unknown>): readonly string[] {
  return parseCatalog(JSON.stringify({ version: 1, models: [{ ...MODEL, ...change }] })).faults;
}

describe("a catalogue", () => {
  it("lists models", () => {
    const text = JSON.stringify({ $schema: "x", version: 1, models: [MODEL] });
    expect(parseCatalog(text)).toEqual({ models: [{ ...MODEL, gated: false }], faults: [] });
  });

  it("offers the models that nothing is wrong with, and names the others", () => {
    const models = [
      MODEL,
      { ...MODEL, name: "b", bytes: 1.5 },
      null,
      { ...MODEL, name: "c" },
      MODEL,
    ];
    const { models: read, faults } = parseCatalog(JSON.stringify({ version: 1, models }));
    expect(read.map(({ name }) => name)).toEqual(["twin-1b-base", "c"]);
    expect(faults).toEqual([
      'models.1 ("b"): bytes: a whole number from 1 to 100,000,000,000,000 is expected.',
      expect.stringMatching(/^models\.2: Invalid input: expected object/u),
      'models.4 ("twin-1b-base"): another model has this name.',
    ]);
  });

  it.each([
    ["", "It is no JSON."],
    ["{", "It is no JSON."],
    ["[]", 'It is no catalogue: {"version": 1, "models": […]} is expected.'],
    ['{"pairs": []}', 'It is no catalogue: {"version": 1, "models": […]} is expected.'],
    [
      '{"version": 2, "models": []}',
      'It is no catalogue: {"version": 1, "models": […]} is expected.',
    ],
    [
      JSON.stringify({ version: 1, models: Array.from({ length: 1001 }, () => MODEL) }),
      "A catalogue has 0 to 1,000 models.",
    ],
  ])("is refused where it is none", (text, fault) => {
    expect(parseCatalog(text)).toEqual({ models: [], faults: [fault] });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ name: undefined }, "models.0: name: it is missing."],
    [{ family: "" }, "family: a text of 1 to 60 visible characters is expected."],
    [{ family: "Twin\u202e" }, "family: a text of 1 to 60 visible characters is expected."],
    [{ licence: "MIT\u001b[2J" }, "licence: a text of 1 to 100 visible characters is expected."],
    [{ licence: "M".repeat(101) }, "licence: a text of 1 to 100 visible characters is expected."],
    [{ name: "../twin" }, "name: a name of letters, digits and . _ + - is expected"],
    [{ name: "-o" }, "name: a name of letters, digits and . _ + - is expected"],
    [{ stage: "chat" }, 'stage: Invalid option: expected one of "base"|"sft"|"dpo"|"rlhf".'],
    [{ bytes: 0 }, "bytes: a whole number from 1 to"],
    [{ bytes: 1e300 }, "bytes: a whole number from 1 to"],
    [{ sha256: "ab" }, "sha256: 64 hexadecimal digits in lower case are expected."],
    [{ sha256: ["a".repeat(64), "b".repeat(64)] }, "sha256: one digest is expected"],
    [{ licenceUrl: "javascript:alert(1)" }, "licenceUrl: an http or https address is expected."],
    [{ source: "hf:twins/Twin/../../twin.gguf" }, 'source: ".." is not the name of a folder.'],
    [{ source: "file:///etc/passwd" }, "source: only http and https addresses can be fetched."],
    [{ license: "MIT" }, 'there is no setting "license"; there are name, family,'],
  ])("says what is wrong with %j", (change, fault) => {
    expect(faultsOf(change)).toEqual([expect.stringContaining(fault)]);
  });

  it("wants a digest for each file of a split model", () => {
    const source = "hf:twins/Twin/twin-00001-of-00002.gguf";
    expect(faultsOf({ source, sha256: "a".repeat(64) })).toEqual([
      expect.stringContaining("sha256: 2 digests are expected"),
    ]);
    expect(faultsOf({ source, sha256: ["a".repeat(64), "b".repeat(64)] })).toEqual([]);
  });

  it("is read whatever it says", () => {
    const entry = fc.oneof(
      fc.anything(),
      fc.record({ ...Object.fromEntries(Object.keys(MODEL).map((key) => [key, fc.anything()])) }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (models) => {
        const read = parseCatalog(JSON.stringify({ version: 1, models }) ?? "");
        expect(read.models.length + read.faults.length).toBeGreaterThanOrEqual(models.length);
      }),
    );
  });
});

describe("the built-in catalogue", () => {
  const { models, faults } = parseCatalog(readFileSync("models/catalog.json", "utf8"));

  it("has no faults", () => {
    expect(faults).toEqual([]);
    expect(models.length).toBeGreaterThan(30);
  });

  it("says of every model what was seen of it", () => {
    expect(models.filter(({ confirmed }) => confirmed === undefined)).toEqual([]);
  });

  it("names no source twice", () => {
    expect(new Set(models.map(({ source }) => source)).size).toBe(models.length);
  });

  it("has a base model for every tuned one, of nearly its size", () => {
    const kind = ({ family, size, quantisation }: CatalogModel) =>
      [family, size, quantisation].join();
    for (const tuned of models.filter(({ stage }) => stage !== "base")) {
      const base = models.find((one) => one.stage === "base" && kind(one) === kind(tuned));
      expect(base, tuned.name).toBeDefined();
      // Qwen's own files hold the output weights twice.
      expect(tuned.bytes / base!.bytes, tuned.name).toBeLessThan(1.3);
      expect(base!.bytes / tuned.bytes, tuned.name).toBeLessThan(1.3);
    }
  });
});
