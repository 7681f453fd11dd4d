import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CatalogModel } from "../../src/formats/catalog/catalogSchema";
import { readCatalogs } from "../../src/jobs/models/catalogs";
import { fitOf, offersOf } from "../../src/jobs/models/offers";

function model(change: Partial<CatalogModel>): CatalogModel {
  const name = change.name ?? "twin-base";
  return {
    name,
    family: "Twin",
    size: "1B",
    quantisation: "Q8_0",
    stage: "base",
    source: `hf:twins/Twins-GGUF/${name}.gguf`,
    bytes: 1e9,
    licence: "MIT",
    gated: false,
    ...change,
  };
}

const FREE = 64e9;
const names = (models: readonly CatalogModel[]) =>
  offersOf(models, [], FREE).pairs.map(({ base, rlhf }) => [base.name, rlhf.name]);

describe("offers", () => {
  it("are pairs of one family, size and quantisation, and nothing else", () => {
    const tuned = model({ name: "twin-rlhf", stage: "rlhf" });
    expect(names([model({}), tuned])).toEqual([["twin-base", "twin-rlhf"]]);
    expect(names([model({ family: "Triplet" }), tuned])).toEqual([]);
    expect(names([model({ size: "2B" }), tuned])).toEqual([]);
    expect(names([model({ quantisation: "Q4_K_M" }), tuned])).toEqual([]);
    expect(names([tuned, model({ name: "twin-dpo", stage: "dpo" })])).toEqual([]);
    expect(names([model({}), model({ name: "other" })])).toEqual([]);
  });

  it("are every stage with its base model, best of the same maker", () => {
    const models = [
      model({ name: "a-base" }),
      model({ name: "b-base", source: "hf:others/Twins-GGUF/base.gguf" }),
      model({ name: "sft", stage: "sft" }),
      model({ name: "rlhf", stage: "rlhf", source: "hf:others/Twins-GGUF/rlhf.gguf" }),
      model({ name: "dpo", stage: "dpo", source: "https://twins.org/dpo.gguf" }),
    ];
    expect(offersOf(models, [], FREE).pairs.map(({ name, base }) => [name, base.name])).toEqual([
      ["twin-1b-q8_0-rlhf", "b-base"],
      ["twin-1b-q8_0-dpo", "a-base"],
      ["twin-1b-q8_0-sft", "a-base"],
    ]);
  });

  it("have a name that no other has", () => {
    const models = [
      model({}),
      model({ name: "twin-1b-q8_0-rlhf", stage: "dpo" }),
      model({ name: "one", stage: "rlhf" }),
      model({ name: "two", stage: "dpo" }),
    ];
    const { pairs } = offersOf(models, [], FREE);
    expect(pairs.map(({ name }) => name).sort()).toEqual([
      "twin-1b-q8_0-dpo",
      "twin-base+one",
      "twin-base+two",
    ]);
  });

  it("begin with what fits, the smallest first", () => {
    const sizes = { "7B": 7e9, "1B": 1e9, "70B": 70e9, "3B": 3e9 };
    const models = Object.entries(sizes).flatMap(([size, bytes]) => [
      model({ name: `base-${size}`, size, bytes }),
      model({ name: `rlhf-${size}`, size, bytes, stage: "rlhf" }),
    ]);
    const { pairs } = offersOf(models, [], 12e9);
    expect(pairs.map(({ base, fit }) => [base.size, fit])).toEqual([
      ["1B", "together"],
      ["3B", "together"],
      ["7B", "inTurns"],
      ["70B", "tooLarge"],
    ]);
  });

  it("say where a model lies already", () => {
    const lying = [
      { path: "/elsewhere/x", source: null },
      { path: "/elsewhere/y", source: "not a source" },
      { path: "/hub/twin-base.gguf", source: "hf:twins/Twins-GGUF/twin-base.gguf#0abc" },
    ];
    const { models } = offersOf([model({}), model({ name: "other" })], lying, FREE);
    expect(models.map(({ path }) => path)).toEqual(["/hub/twin-base.gguf", null]);
  });

  it("count both models' memory, or the larger one's", () => {
    // 1e9 bytes need 1.55e9 each, and 256 MiB are left to everything else.
    expect(fitOf([1e9, 1e9], 3.37e9)).toBe("together");
    expect(fitOf([1e9, 1e9], 3.36e9)).toBe("inTurns");
    expect(fitOf([1e9, 0.5e9], 1.82e9)).toBe("inTurns");
    expect(fitOf([1e9, 0.5e9], 1.81e9)).toBe("tooLarge");
  });
});

describe("several catalogues", () => {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-catalogs-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, models: readonly unknown[], start = ""): string {
    const file = join(folder, name);
    writeFileSync(file, start + JSON.stringify({ version: 1, models }));
    return file;
  }

  it("are read one after the other; what is wrong with one keeps no other from being offered", async () => {
    const one = write("one.json", [model({}), model({ name: "second", bytes: -1 })]);
    const two = write("two.json", [model({ bytes: 5 }), model({ name: "third" })], "\ufeff");
    const none = join(folder, "none.json");
    const { models, problems } = await readCatalogs([one, none, folder, "own.json", two]);
    expect(models.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["twin-base", 1e9],
      ["third", 1e9],
    ]);
    expect(problems).toEqual([
      expect.stringContaining(`${one}: models.1 ("second"): bytes: a whole number`),
      expect.stringContaining(`${none}: It can't be read: ENOENT`),
      expect.stringContaining(`${folder}: It can't be read: EISDIR`),
      'own.json: A catalogue is named by its whole path, without "~".',
      `${two}: another catalogue has a model "twin-base"; this one is left out.`,
    ]);
  });

  it("are not read where they are too long", async () => {
    const file = join(folder, "long.json");
    writeFileSync(file, " ".repeat(4 * 2 ** 20 + 1));
    const { problems } = await readCatalogs([file]);
    expect(problems).toEqual([`${file}: It is too long for a catalogue.`]);
  });
});
