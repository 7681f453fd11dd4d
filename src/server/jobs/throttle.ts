/** A function that runs at most once in `interval` ms: at once, and once more at the end for the calls in between. */
export interface Throttled {
  (): void;
  /** Runs now what still waits. */
  flush(): void;
}

export function throttle(run: () => void, interval: number): Throttled {
  let timer: NodeJS.Timeout | null = null;
  let again = false;

  const start = () => {
    run();
    timer = setTimeout(() => {
      timer = null;
      if (again) call();
    }, interval);
    timer.unref();
  };
  const call = () => {
    again = timer !== null;
    if (!again) start();
  };
  call.flush = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (again) run();
    again = false;
  };
  return call;
}
