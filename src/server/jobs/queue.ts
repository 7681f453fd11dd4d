/**
 * Work that wants the engine, one piece at a time, in the order it was asked for. A new piece for a document replaces
 * the one before it.
 */
export interface Queue {
  /**
   * Runs `work` when its turn comes. `work` ends early, with what it has, once its signal is raised; one that never
   * began is dropped silently.
   */
  run(
    uri: string,
    work: (signal: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Ends the document's work, or drops it where it has not begun. */
  cancel(uri: string): void;
  cancelAll(): void;
  isBusy(uri: string): boolean;
}

export function createQueue(): Queue {
  const controllers = new Map<string, AbortController>();
  let last: Promise<void> = Promise.resolve();

  const cancel = (uri: string) => controllers.get(uri)?.abort();

  return {
    async run(uri, work, signal) {
      cancel(uri);
      const controller = new AbortController();
      controllers.set(uri, controller);
      const abort = () => controller.abort();
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort);

      const turn = last;
      const done = turn.then(() =>
        controller.signal.aborted ? undefined : work(controller.signal),
      );
      last = done.catch(() => undefined);
      try {
        await done;
      } finally {
        signal?.removeEventListener("abort", abort);
        if (controllers.get(uri) === controller) controllers.delete(uri);
      }
    },
    cancel,
    cancelAll() {
      for (const uri of controllers.keys()) cancel(uri);
    },
    isBusy: (uri) => controllers.has(uri),
  };
}
