import { getLlama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel } from "../../src/engine/engine";
import { textOfPieces } from "../../src/engine/pieces";
import { LOAD, startTestEngine } from "../support/engine";
import { type ModelOptions, testModel } from "../support/models";

const special = (text: string) => ({ text, parseSpecial: true });
const plain = (text: string) => ({ text, parseSpecial: false });

/** Prompts as templates write them: text beside what the user wrote, or a control token, or a border inside a word. */
const PROMPTS = [
  [special("[INST] "), plain("the fox went home"), special(" [/INST]")],
  [special("[INST]"), plain(" the fox"), special("[/INST]")],
  [special("<s>[INST] "), plain("once upon"), special(" a time</s>"), special("said")],
  [special("<|user|>\n"), plain("you and me"), special("</s>\n<|assistant|>\n")],
  [special("<|user|>"), plain("you"), special("</s><|assistant|>")],
  [
    special("the wa"),
    plain("ter"),
    special("  "),
    plain("  text[[twin]]of"),
    special(" <unk> them"),
  ],
  [plain("the old man"), special("")],
  [plain("Ein 🎀 你"), special("好 <|system|> é—“"), plain("”\n\n")],
];

const vocabularies = [
  { kind: "spm", addBos: true },
  { kind: "spm", addBos: false },
  { kind: "spm", addBos: true, addSpacePrefix: false },
  { kind: "byte", addBos: true },
] as const satisfies ModelOptions["vocabulary"][];

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.dispose());

describe.each(vocabularies)("a prompt in parts, with the vocabulary %o", (vocabulary) => {
  let model: LoadedModel;
  let reference: LlamaModel;

  beforeAll(async () => {
    const path = testModel({ name: `prompt-${vocabulary.kind}`, vocabulary });
    model = await engine.load(path, LOAD);
    const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
    reference = await llama.loadModel({ modelPath: path });
  });
  afterAll(() => reference.dispose());

  it.each(PROMPTS)("has the tokens that llama.cpp gives its whole text: %o", async (...parts) => {
    const text = parts.map((part) => part.text).join("");
    const whole: number[] = reference.tokenize(text, true);
    const { bos } = model.vocabulary;
    const expected = bos === null || whole[0] === bos ? whole : [bos, ...whole];
    expect([...(await engine.tokenizePrompt(model.id, parts))]).toEqual(expected);
  });

  it("reads no control token in what the user wrote, nor across its borders", async () => {
    const parts = [special("<|user|>a</"), plain("s> </s><|assist"), special("ant|></s>")];
    const ids = await engine.tokenizePrompt(model.id, parts);
    const { attributes } = model.vocabulary;
    const control = [...ids].filter((id) => (attributes[id]! & 8) !== 0);
    const expected = vocabulary.addBos ? "<s><|user|></s>" : "<|user|></s>";
    expect(textOfPieces(model.vocabulary, control)).toBe(expected);
  });
});
