/** A GPU build can't be had; the message says why, and what to do. */
export class GpuBuildError extends Error {
  override readonly name = "GpuBuildError";
}
