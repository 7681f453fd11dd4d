import { ProbeRequest } from "../../protocol/probes";
import type { Parts } from "../build";
import { answer } from "../connection/channel";

/** What the host asks about probes. */
export function answerAboutProbes({ connection, probes }: Parts): void {
  answer(connection, ProbeRequest, {
    train: (params, signal) => probes.train(params, signal),
    cancel() {
      probes.cancel();
      return null;
    },
    list: () => probes.list(),
    async forget({ id }) {
      await probes.forget(id);
      return null;
    },
  });
}
