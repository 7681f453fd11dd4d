import type { FromAnswers } from "../../calls/messages";
import type { EngineErrorCode } from "../errors";

/** What an error is on its way to the parent. */
export interface EngineFailure {
  readonly code: EngineErrorCode;
  readonly message: string;
}

/** Child to parent: answers to calls, and llama.cpp's log. */
export type FromChild =
  FromAnswers<EngineFailure> | { readonly type: "log"; readonly text: string };
