import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { PromptSet, RecordedSet } from "../../src/formats/study/study";
import { RecordError } from "../../src/jobs/files/records";
import { surveyPrompts, surveySamples } from "../../src/jobs/study/samples/promptSets";
import { folderWith } from "../support/folders";

const folder = folderWith({});
afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }));

const lines = (records: readonly unknown[]) => records.map((one) => JSON.stringify(one)).join("\n");

describe("a set of prompts", () => {
  const survey = (content: string | Uint8Array, set: Partial<PromptSet> = {}) => {
    writeFileSync(join(folder, "prompts.jsonl"), content);
    const path = "prompts.jsonl";
    return surveyPrompts(
      { name: "mine", path, kind: null, prompts: null, measures: ["samples"], ...set },
      folder,
    );
  };
  const questions = lines([
    { prompt: "How?", category: "generic", level: { name: "easy" } },
    { prompt: "Why?", category: "writing" },
    { prompt: "How?", category: "again" },
    { prompt: "Où?" },
  ]);

  it("has each prompt once, with the kind that its first record names, and tells of others", async () => {
    const { corpus, prompts, read, warnings } = await survey(questions, { kind: "category" });
    expect(corpus).toMatchObject({ name: "mine", category: "other" });
    expect(prompts).toEqual([
      { text: "How?", kind: "generic" },
      { text: "Why?", kind: "writing" },
      { text: "Où?", kind: null },
    ]);
    expect(read).toMatchObject({
      documents: 3,
      bytes: 4 + 4 + 4,
      files: 1,
      isCut: false,
      sources: ["prompts.jsonl"],
    });
    expect(warnings).toEqual(["1 of the prompts are listed again, and count once."]);
  });

  it("has no kinds where the records name none, or no text", async () => {
    for (const kind of ["topic", "level"]) {
      const { prompts } = await survey(questions, { kind });
      expect(prompts.map((prompt) => prompt.kind)).toEqual([null, null, null]);
    }
    const { prompts } = await survey("How?\nWhy?\n", { kind: "category" });
    expect(prompts).toEqual(["How?", "Why?"].map((text) => ({ text, kind: null })));
  });

  it("is known by its prompts: not by kinds, nor by what is beyond its limit", async () => {
    const digest = async (...of: Parameters<typeof survey>) => (await survey(...of)).read.sha256;
    const all = await digest(questions);
    expect(await digest(questions, { kind: "category" })).toBe(all);
    expect(await digest("How?\nWhy?\nOù?")).toBe(all);
    expect(await digest("Why?\nHow?\nOù?")).not.toBe(all);
    const two = await digest(questions, { prompts: 2 });
    expect(two).not.toBe(all);
    expect(await digest("How?\nWhy?")).toBe(two);
  });

  it("may be a part of a file that holds too many", async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `How ${i}?`).join("\n");
    await expect(survey(many)).rejects.toThrow("10,001 prompts; at most 10,000");
    const { prompts, read } = await survey(many, { prompts: 3 });
    expect(prompts.map(({ text }) => text)).toEqual(["How 0?", "How 1?", "How 2?"]);
    expect(read).toMatchObject({ documents: 3, isCut: true });
  });

  it("is refused where it is damaged, empty or gone, and tells of bytes that mean nothing", async () => {
    await expect(survey(`${lines([{ prompt: "a" }])}\n{"prompt":`)).rejects.toThrow(
      "Line 2 is not valid JSON.",
    );
    await expect(survey(lines([{ prompt: "a" }, { answer: 1 }]))).rejects.toThrow(RecordError);
    await expect(survey("\n\n")).rejects.toThrow("The file holds no prompts.");
    await expect(survey("", { path: "gone.jsonl" })).rejects.toThrow("ENOENT");
    const { warnings } = await survey(Buffer.from("Où?", "latin1"));
    expect(warnings.join()).toContain("prompts.jsonl is not valid UTF-8: line 1");
  });
});

describe("a set of samples from elsewhere", () => {
  const survey = (content: string | Uint8Array, set: Partial<RecordedSet> = {}) => {
    writeFileSync(join(folder, "samples.jsonl"), content);
    const measures = ["samples"] as const;
    const usual = { path: "samples.jsonl", prompts: null, encoding: null, measures };
    const from = { base: null, rlhf: null };
    return surveySamples({ name: "theirs", from, ...usual, ...set }, folder);
  };
  const staged = lines(
    ["How?", "Why?"].flatMap((prompt) =>
      ["base", "sft", "rlhf"].map((stage) => ({
        prompt,
        stage,
        samples: [{ text: `${stage} says so`, model: `${stage}-7b` }],
      })),
    ),
  );

  it("has its prompts and samples, whose stages stand in the models' places", async () => {
    const { prompts, sides, read, file } = await survey(staged, { prompts: 1 });
    expect(prompts.map(({ prompt, samples }) => [prompt, samples.length])).toEqual([["How?", 3]]);
    expect(sides).toEqual({
      base: { stage: "base", model: null, prompts: 2, samples: 2 },
      rlhf: { stage: "rlhf", model: null, prompts: 2, samples: 2 },
    });
    expect(read).toMatchObject({ documents: 1, isCut: true, sources: ["samples.jsonl"] });
    expect(file).toBe("samples.jsonl");
  });

  it("takes the stage or the model that is named in a model's place", async () => {
    const { sides } = await survey(staged, { from: { base: "sft", rlhf: "rlhf-7b" } });
    expect(sides).toEqual({
      base: { stage: "sft", model: null },
      rlhf: { stage: null, model: "rlhf-7b" },
    });
  });

  it("says which names there are where the one that is given is none of them", async () => {
    await expect(survey(staged, { from: { base: "dpo", rlhf: null } })).rejects.toThrow(
      'The file has no samples of "dpo"; it names "base", "sft", "rlhf", "base-7b", "sft-7b", "rlhf-7b".',
    );
    const plain = lines([{ prompt: "How?", samples: ["so"] }]);
    await expect(survey(plain, { from: { base: null, rlhf: "x" } })).rejects.toThrow(
      "it names none",
    );
  });

  it("is RLHF's where its file says nothing", async () => {
    const { sides } = await survey(lines([{ prompt: "How?", samples: ["so", "thus"] }]));
    expect(sides).toEqual({ base: null, rlhf: { stage: null, model: null } });
  });

  it("is read in the encoding that is named, and refused where there is no such one", async () => {
    const text = lines([{ prompt: "Où?", samples: ["là"] }]);
    const encoded = Buffer.from(text, "latin1");
    const { prompts, warnings } = await survey(encoded, { encoding: "windows-1252" });
    expect(prompts[0]!.prompt).toBe("Où?");
    expect(warnings).toEqual([]);
    await expect(survey(encoded, { encoding: "latin-99" })).rejects.toThrow(RangeError);
    await expect(survey(`${text}\n{"prompt": "q"}`)).rejects.toThrow("Line 2 holds no samples");
  });
});
