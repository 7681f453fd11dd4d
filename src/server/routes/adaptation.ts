import { discardTraining, isTrainingKept } from "../../jobs/adaptation/outFiles";
import { AdaptationRequest } from "../../protocol/adaptation";
import type { Parts } from "../build";
import { answer } from "../connection/channel";

/** What the host asks about adapting models. */
export function answerAboutAdaptation({ connection, adaptations }: Parts): void {
  answer(connection, AdaptationRequest, {
    adapt: (params, signal) => adaptations.adapt(params, signal),
    cancel() {
      adaptations.cancel();
      return null;
    },
    isKept: ({ out }) => isTrainingKept(out),
    async discard({ out }) {
      await discardTraining(out);
      return null;
    },
  });
}
