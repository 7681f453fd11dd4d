import type { PromptSamples } from "../../src/formats/study/drawnSamples";

/** A row of what was found in one writer's samples of a prompt, all of them different. */
export function promptRow(
  writer: string,
  prompt: number,
  more: Partial<PromptSamples> = {},
): PromptSamples {
  return {
    writer,
    prompt,
    samples: 2,
    compared: 2,
    unit: "tokens",
    diversity: [0.5, 0.5, 0.5, 0.5],
    sharing: [1, 1, 1, 1],
    tenGrams: [0, 4, 0],
    overlap: null,
    alignedShare: null,
    anchorShare: null,
    entropyBits: null,
    anchors: [],
    isScored: true,
    ...more,
  };
}
