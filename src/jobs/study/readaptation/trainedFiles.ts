import { createHash } from "node:crypto";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";
import type { ResultCell } from "../../../formats/study/studyResult";

/** Names of a training's files; no name that a study has given is in them. */
export interface TrainedFiles {
  readonly weights: string;
  readonly checkpoint: string;
}

export function trainedFiles(
  { dependsOn }: Pick<ResultCell, "dependsOn">,
  stage: string,
  kind: TrainedWeightsKind,
): TrainedFiles {
  const digest = createHash("sha256")
    .update(JSON.stringify([dependsOn, stage]))
    .digest("hex");
  const what = kind === "all" ? "model" : "adapter";
  const name = `${digest.slice(0, 12)}-${what}`;
  return { weights: `${name}.gguf`, checkpoint: `${name}.checkpoint` };
}
