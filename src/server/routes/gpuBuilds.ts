import { GpuBuildRequest } from "../../protocol/gpuBuilds";
import type { Parts } from "../build";
import { answer } from "../connection/channel";

/** What the host asks about builds for GPUs. */
export function answerAboutGpuBuilds({ connection, gpuBuilds }: Parts): void {
  answer(connection, GpuBuildRequest, {
    state: (_, signal) => gpuBuilds.state(signal),
    add: ({ kind }, signal) => gpuBuilds.add(kind, signal),
    remove: (_, signal) => gpuBuilds.remove(signal),
  });
}
