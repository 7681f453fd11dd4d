/**
 * The worker thread: aligns samples and finds anchors, and keeps both models' alignments for the next options. Chance
 * levels, which take the time of many alignments, have threads of their own.
 */
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { Aligner } from "../../protocol/anchorViews";
import type { Role } from "../../protocol/roles";
import { chanceOf } from "./chance";
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
  switch (message.type) {
    case "analyse": {
      const key = keyOf(message);
      analyses.delete(key);
      const analysis = analyseRole(message.run, {
        shouldStop: () => Atomics.load(message.stop, 0) === 1,
        onProgress: (fraction) => answer({ type: "progress", id, fraction }),
      });
      if (analysis !== null) analyses.set(key, analysis);
      return { type: "alignment", id, alignment: analysis?.view ?? null };
    }
    case "anchors": {
      const analysis = analyses.get(keyOf(message));
      return {
        type: "anchors",
        id,
        anchors: analysis ? anchorsOf(analysis, message.options) : null,
      };
    }
    case "chance": {
      giveWay();
      const onProgress = (fraction: number) => answer({ type: "progress", id, fraction });
      return { type: "chance", id, draws: chanceOf(message.of, onProgress) };
    }
    default:
      return message satisfies never;
  }
}

function keyOf({ aligner, role }: { readonly aligner: Aligner; readonly role: Role }) {
  return `${aligner} ${role}` as const;
}

/** Lets whatever else there is to do go first. Only Linux has priorities of threads: elsewhere it would be the whole process's. */
function giveWay(): void {
  if (process.platform === "linux") setPriority(BACKGROUND);
}

/** The "nice" value of work that nobody waits for, -20 .. 19. */
const BACKGROUND = 10;
