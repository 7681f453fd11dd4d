/** What parent and child process of the engine say to each other: calls (`src/calls`), and the child's log. */
import type { Answer } from "../../calls/answers";
import type { FromAnswers } from "../../calls/messages";
import type {
  ChatMessage,
  ChatOptions,
  Continuation,
  LoadedModel,
  LoadOptions,
  PromptPart,
  Sample,
  SampleRequest,
  ScoredRows,
  ScoreRequest,
  Tokenization,
} from "../engine";
import type { EngineErrorCode } from "../errors";

/** The calls: what each takes, what it gives, and what it emits on the way. */
export interface EngineCalls {
  readonly load: Answer<
    { path: string; options: Omit<LoadOptions, "onProgress" | "signal"> },
    LoadedModel,
    number
  >;
  readonly unload: Answer<{ model: number }, null>;
  readonly tokenize: Answer<
    { model: number; text: string; continues: Continuation | null },
    Tokenization
  >;
  readonly tokenizePrompt: Answer<{ model: number; parts: readonly PromptPart[] }, Int32Array>;
  readonly renderChat: Answer<
    { model: number; messages: readonly ChatMessage[]; options: ChatOptions },
    readonly PromptPart[]
  >;
  readonly score: Answer<ScoreRequest, null, ScoredRows>;
  readonly sample: Answer<SampleRequest, null, Sample | number>;
}

/** What an error is on its way to the parent. */
export interface EngineFailure {
  readonly code: EngineErrorCode;
  readonly message: string;
}

/** Child to parent. */
export type FromChild =
  FromAnswers<EngineFailure> | { readonly type: "log"; readonly text: string };
