import { ModelRequest } from "../../protocol/models";
import type { Parts } from "../build";
import { answer } from "../connection/channel";
import { comparePair } from "../models/comparePair";

/** What the host asks about models. */
export function answerAboutModels({
  connection,
  models,
  jobs,
  startEngine,
  progressOf,
}: Parts): void {
  answer(connection, ModelRequest, {
    state: () => models.state(),
    async load(_, signal) {
      // No document waits for this: the progress has no URI.
      const progress = progressOf("");
      const listed = jobs.addLoading("");
      try {
        await models.use(() => models.loadTogether(progress.loading, signal));
      } finally {
        listed.end();
        progress.end();
      }
      return models.state();
    },
    unload() {
      models.unload();
      return models.state();
    },
    comparePair: (params, signal) =>
      comparePair(params, () => startEngine(() => undefined), signal),
  });
}
