/**
 * What parent and child process of the engine say to each other: numbered calls, their events and one answer each.
 * Structured clone carries typed arrays as such.
 */
import type {
  ChatMessage,
  ChatOptions,
  LoadedModel,
  LoadOptions,
  PromptPart,
  Sample,
  SampleRequest,
  ScoredRows,
  ScoreRequest,
  Tokenization,
} from "./engine";
import type { EngineErrorCode } from "./errors";

/** The calls: what each takes, what it emits on the way, and what it gives. */
export interface Calls {
  load: {
    params: { path: string; options: Omit<LoadOptions, "onProgress" | "signal"> };
    event: number;
    result: LoadedModel;
  };
  unload: { params: { model: number }; event: never; result: null };
  tokenize: { params: { model: number; text: string }; event: never; result: Tokenization };
  tokenizePrompt: {
    params: { model: number; parts: readonly PromptPart[] };
    event: never;
    result: Int32Array;
  };
  renderChat: {
    params: { model: number; messages: readonly ChatMessage[]; options: ChatOptions };
    event: never;
    result: readonly PromptPart[];
  };
  score: { params: ScoreRequest; event: ScoredRows; result: null };
  sample: { params: SampleRequest; event: Sample | number; result: null };
}

export type CallName = keyof Calls;

/** Parent to child. */
export type ToChild =
  | {
      readonly type: "call";
      readonly id: number;
      readonly method: CallName;
      readonly params: unknown;
    }
  | { readonly type: "cancel"; readonly id: number };

/** Child to parent. */
export type FromChild =
  | { readonly type: "event"; readonly id: number; readonly value: unknown }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | {
      readonly type: "error";
      readonly id: number;
      readonly code: EngineErrorCode;
      readonly message: string;
    }
  | { readonly type: "log"; readonly text: string };
