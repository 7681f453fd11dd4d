/** What the user's settings say of drawing, as the work on runs wants it. */
import type { Drawing } from "../../jobs/runs/runJob";
import { INSTRUCTION_FRAME, RAW_FRAME, samplersOf } from "../../jobs/runs/settings";
import type { Settings } from "../../protocol/settings";
import { chatForm } from "./chatSettings";

/** @throws EngineError `TemplateFailed` where the chat template's file can't be read */
export function drawingOf(settings: Settings): Drawing {
  const { temperature, samplingTopK: topK, minP, topPBase, topPRlhf } = settings;
  return {
    chat: chatForm(settings),
    baseFrame: baseFrameOf(settings),
    samplers: samplersOf({ temperature, topK, minP }, { base: topPBase, rlhf: topPRlhf }),
  };
}

export function baseFrameOf({ instructionFrame }: Settings): string {
  return instructionFrame ? INSTRUCTION_FRAME : RAW_FRAME;
}
