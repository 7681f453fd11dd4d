import { describe, expect, it } from "vitest";
import { cautions } from "../../src/analysis/scores/cautions";
import { toTable } from "../../src/cli/output/table";
import { tokenizerFaults } from "../../src/engine/child/llama/tokenizerFaults";
import { toScoreDocument } from "../../src/report/document";
import { toMarkdown } from "../../src/report/markdown";
import { FACTS, scoresOf } from "../support/scores";

describe("tokenizerFaults", () => {
  /** Four tokens, of which the last is a control token (llama.cpp's attribute 8). */
  const vocabulary = (bos: number | null) => ({
    bytes: new Uint8Array(),
    offsets: new Uint32Array(5),
    attributes: Uint16Array.of(4, 4, 4, 8),
    bos,
    endOfGeneration: [],
    addsSpacePrefix: false,
  });
  const found = (bos: number | null, metadata: Record<string, string>, tokenizer = "BPE") =>
    tokenizerFaults(
      tokenizer,
      vocabulary(bos),
      (key) => metadata[key.replace("tokenizer.ggml.", "")] ?? null,
    );

  it("finds nothing in a file that says everything", () => {
    expect(found(3, { pre: "gpt-2", bos_token_id: "3" })).toEqual([]);
    expect(found(null, { pre: "gpt-2" })).toEqual([]);
    // Llama's BOS is the token that llama.cpp takes unasked.
    expect(found(3, {}, "SPM")).toEqual([]);
  });

  it("names what llama.cpp guesses", () => {
    expect(found(3, { bos_token_id: "3" })).toEqual(["noPreTokenizer"]);
    expect(found(3, { pre: "gpt-2", bos_token_id: "4" })).toEqual(["bosOutOfRange"]);
    expect(found(1, { pre: "gpt-2" })).toEqual(["bosUnnamed"]);
  });
});

describe("cautions", () => {
  it("are about both models, then each of them", () => {
    const base = { ...FACTS, addsBos: false, bitsPerWeight: 4.5, quantisation: "Q4_0" };
    const rlhf = { ...FACTS, name: "chat", tokenizerFaults: ["noPreTokenizer"] as const };
    expect(cautions(base, rlhf)).toEqual([
      expect.stringMatching(/^Only the RLHF model reads a text behind BOS/),
      expect.stringMatching(/^story \(Q4_0\) has 4\.5 bits per weight/),
      expect.stringMatching(/^chat does not say how its tokenizer finds words/),
    ]);
    const adapterFacts = { sha256: "", madeOf: "", isOfAnother: true };
    expect(cautions(FACTS, { ...FACTS, name: "chat + prose.gguf", adapterFacts })).toEqual([
      "The adapter of chat + prose.gguf was made of another model: it need not fit this one",
    ]);
    expect(
      cautions(FACTS, { ...FACTS, adapterFacts: { ...adapterFacts, isOfAnother: false } }),
    ).toEqual([]);
    expect(cautions(FACTS, FACTS)).toEqual([]);
    expect(cautions(base, null)).toHaveLength(1);
  });

  it("are in every export", () => {
    const rows = [{ text: "a", bits: 1 }];
    const vocabulary = {
      bytes: new Uint8Array(1),
      offsets: Uint32Array.of(0, 1),
      attributes: Uint16Array.of(0),
      bos: null,
      endOfGeneration: [],
      addsSpacePrefix: false,
    };
    const model = { sha256: "0".repeat(64), vocabulary };
    const document = toScoreDocument("1", { base: model, rlhf: model }, [
      {
        name: "a.txt",
        text: "a",
        base: scoresOf(rows),
        rlhf: scoresOf(rows, { addsBos: false, tokenizerFaults: ["bosOutOfRange"] }),
      },
    ]);
    expect(document.cautions).toHaveLength(2);
    expect(document.files[0]!.comparison).toMatchObject({ sameTokenizer: true, sameBos: false });
    for (const text of [toMarkdown(document), toTable(document)]) {
      expect(text).toContain("caution: Only the base model reads a text behind BOS");
      expect(text).toContain("names a BOS token that its vocabulary lacks");
    }
  });
});
