import { ContinuationRequest } from "../../protocol/continuation";
import type { Parts } from "../build";
import { answer } from "../connection/channel";

/** What the host asks about continuations. */
export function answerAboutContinuations({ connection, continuations }: Parts): void {
  answer(connection, ContinuationRequest, {
    draw: (params, signal) => continuations.draw(params, signal),
    cancel() {
      continuations.cancel();
      return null;
    },
  });
}
