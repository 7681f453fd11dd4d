/** The worker thread: aligns samples and finds anchors, and keeps both models' alignments for the next options. */
import { parentPort } from "node:worker_threads";
import type { Role } from "../protocol/scores";
import { analyseRole, anchorsOf, type RoleAnalysis } from "./analysis";
import type { FromWorker, ToWorker } from "./workerMessages";

const analyses = new Map<Role, RoleAnalysis>();
const answer = (message: FromWorker) => parentPort?.postMessage(message);

parentPort?.on("message", (message: ToWorker) => {
  try {
    answer(respond(message));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    answer({ type: "error", id: message.id, message: text });
  }
});

function respond(message: ToWorker): FromWorker {
  const { id, role } = message;
  switch (message.type) {
    case "analyse": {
      analyses.delete(role);
      const analysis = analyseRole(message.run, {
        shouldStop: () => Atomics.load(message.stop, 0) === 1,
        onProgress: (fraction) => answer({ type: "progress", id, fraction }),
      });
      if (analysis !== null) analyses.set(role, analysis);
      return { type: "alignment", id, alignment: analysis?.view ?? null };
    }
    case "anchors": {
      const analysis = analyses.get(role);
      return {
        type: "anchors",
        id,
        anchors: analysis ? anchorsOf(analysis, message.options) : null,
      };
    }
    default:
      return message satisfies never;
  }
}
