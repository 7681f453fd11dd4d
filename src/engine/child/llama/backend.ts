import koffi from "koffi";
import { EngineError } from "../../errors";
import type { Library, Pointer } from "./library";

/** `GGML_BACKEND_DEVICE_TYPE_CPU`. */
const CPU = 0;

const SetThreads = koffi.proto("void ggml_backend_set_n_threads(void *backend, int threads)");

/** A device that computes graphs of ours beside those of llama.cpp; one graph at a time. */
export class Backend {
  private constructor(
    readonly library: Library,
    readonly handle: Pointer,
    readonly isProcessor: boolean,
  ) {}

  /** @throws EngineError `OutOfMemory` */
  static processor(library: Library, threads: number): Backend {
    const handle = library.ggml_backend_init_by_type(CPU, null) as Pointer | null;
    if (!handle) throw notEnoughMemory();
    setThreads(library, handle, threads);
    return new Backend(library, handle, true);
  }

  /** The GPU that models are on. @throws EngineError `OutOfMemory` */
  static graphics(library: Library): Backend {
    const handle = library.ggml_backend_init_best() as Pointer | null;
    if (!handle) throw notEnoughMemory();
    return new Backend(library, handle, false);
  }

  /** Computes a graph outside the event loop. @throws EngineError `OutOfMemory` */
  compute(graph: Pointer): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, status: number) => {
        if (error) reject(error);
        else if (status === 0) resolve();
        else reject(notEnoughMemory());
      };
      this.library.ggml_backend_graph_compute.async(this.handle, graph, done);
    });
  }

  /** Of a processor. They change no product of matrices, and of sums the last bits. */
  setThreads(threads: number): void {
    setThreads(this.library, this.handle, threads);
  }

  dispose(): void {
    this.library.ggml_backend_free(this.handle);
  }
}

/** The default of 4 threads wait for each other by spinning, where there are fewer processors. */
function setThreads(library: Library, backend: Pointer, threads: number): void {
  const device = library.ggml_backend_get_device(backend) as Pointer;
  const registry = library.ggml_backend_dev_backend_reg(device) as Pointer;
  const set = library.ggml_backend_reg_get_proc_address(
    registry,
    "ggml_backend_set_n_threads",
  ) as Pointer | null;
  if (set) koffi.call(set, SetThreads, backend, threads);
}

export function notEnoughMemory(): EngineError {
  return new EngineError(
    "OutOfMemory",
    "There is not enough memory for this computation. Close other programs, unload other models, or work on less at a time.",
  );
}
