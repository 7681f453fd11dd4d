/** The worker thread: aligns samples and finds anchors, and keeps both models' alignments for the next options. */
import { parentPort } from "node:worker_threads";
import type { Aligner } from "../../protocol/anchorViews";
import type { Role } from "../../protocol/roles";
import { analyseRole, anchorsOf, type RoleAnalysis } from "./analysis";
import type { FromWorker, ToWorker } from "./workerMessages";

const analyses = new Map<`${Aligner} ${Role}`, RoleAnalysis>();
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
  const { id } = message;
  const key = `${message.aligner} ${message.role}` as const;
  switch (message.type) {
    case "analyse": {
      analyses.delete(key);
      const analysis = analyseRole(message.run, {
        shouldStop: () => Atomics.load(message.stop, 0) === 1,
        onProgress: (fraction) => answer({ type: "progress", id, fraction }),
      });
      if (analysis !== null) analyses.set(key, analysis);
      return { type: "alignment", id, alignment: analysis?.view ?? null };
    }
    case "anchors": {
      const analysis = analyses.get(key);
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
