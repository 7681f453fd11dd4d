/** Keeps what grows: whoever draws reports that there is more, and every few seconds it is written. */
export interface Saver {
  /** There is more than was saved: it is written within {@link SAVE_EVERY_MS}, later only where writing takes long. */
  changed(): void;
  /** Writes what there is now, after the writing that is under way. Rejects with what `write` does. */
  save(): Promise<void>;
  /** Writes what has changed since the last save, if anything has. */
  finish(): Promise<void>;
}

/** The most that is lost, whatever ends the process. */
const SAVE_EVERY_MS = 2000;
/** Most of the time goes to drawing. */
const SAVING_SHARE = 0.1;

/**
 * @param write writes all there is; never called while it is running
 * @param onFailure called when a write caused by {@link Saver.changed} fails
 */
export function createSaver(
  write: () => Promise<void>,
  onFailure: (error: unknown) => void = () => undefined,
): Saver {
  /** Ends with the last write: each is of what there then is. */
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let isSaved = true;
  let timer: NodeJS.Timeout | undefined;
  let earliest = 0;

  const timed = async () => {
    const start = performance.now();
    isSaved = true;
    try {
      await write();
    } finally {
      const end = performance.now();
      earliest = end + Math.max(SAVE_EVERY_MS, (end - start) / SAVING_SHARE);
      waiting--;
      schedule();
    }
  };
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting++;
    const saved = last.then(timed);
    last = saved.catch(() => undefined);
    return saved;
  };
  const schedule = () => {
    if (isSaved || waiting > 0) return;
    timer ??= setTimeout(
      () => void save().catch(onFailure),
      Math.max(0, earliest - performance.now()),
    );
  };
  return {
    changed() {
      isSaved = false;
      schedule();
    },
    save,
    finish: () => (isSaved ? last : save()),
  };
}
