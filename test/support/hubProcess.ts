/** The process of {@link startHubProcess}: a hub that is told over the channel to its parent what to hold. */
import { answerCalls } from "../../src/calls/answers";
import { type HubFaults, type HubFile, startHub } from "./hub";

export type HubCalls = typeof CALLS;

const hub = await startHub();

const CALLS = {
  urls: () => ({ url: hub.url, storageUrl: hub.storageUrl }),
  put: (file: HubFile) => hub.put(file),
  setFaults: ({ path, faults }: { readonly path: string; readonly faults: HubFaults }) =>
    hub.setFaults(path, faults),
  requests: () => hub.requests(),
  forget: () => hub.forget(),
};

process.on(
  "message",
  answerCalls(CALLS, String, (message) => process.send?.(message)),
);
process.on("disconnect", () => process.exit());
