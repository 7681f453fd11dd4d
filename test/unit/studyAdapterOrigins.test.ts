import { expect, it } from "vitest";
import { bareDigests, tellerOfAdapters } from "../../src/jobs/study/adapterOrigins";
import { type ChosenModel, withoutAdapter } from "../../src/protocol/modelIdentity";
import { FACTS } from "../support/scores";

it("a study knows its stages' digests, and reads another model once", async () => {
  const stages = [
    { name: "base", ...withoutAdapter("/base.gguf") },
    { name: "prose", path: "/base.gguf", adapter: "/prose.gguf" },
    { name: "rlhf", path: "/rlhf.gguf", adapter: "/prose.gguf" },
  ];
  const sha256 = new Map(stages.map(({ name }) => [name, `of ${name}`]));
  const read: ChosenModel[] = [];
  const known = bareDigests({ pair: { name: "P", stages }, sha256 }, (model) => {
    read.push(model);
    return Promise.resolve(`read of ${model.path}`);
  });
  const of = (path: string) => known({ ...withoutAdapter(path), identity: FACTS.identity });
  expect([await of("/base.gguf"), await of("/rlhf.gguf"), await of("/rlhf.gguf")]).toEqual([
    "of base",
    "read of /rlhf.gguf",
    "read of /rlhf.gguf",
  ]);
  expect(read).toEqual([withoutAdapter("/rlhf.gguf")]);
});

it("each adapter of another model is told of once", () => {
  const told: string[] = [];
  const look = tellerOfAdapters((caution) => void told.push(caution));
  const adapted = (name: string, isOfAnother: boolean) => ({
    ...FACTS,
    name,
    adapterFacts: { sha256: "", madeOf: "", isOfAnother },
  });
  look([FACTS, adapted("own", false)]);
  expect(told).toEqual([]);
  look([FACTS, adapted("a", true)]);
  look([adapted("a", true), adapted("b", true)]);
  expect(told).toEqual(
    ["a", "b"].map(
      (name) => `The adapter of ${name} was made of another model: it need not fit this one`,
    ),
  );
});
