/** Work of which one piece is done at a time: the next one ends the one before. */
export class Latest {
  private current = new AbortController();

  /** @returns the signal of the piece that begins */
  begin(signal: AbortSignal): AbortSignal {
    this.cancel();
    this.current = new AbortController();
    return AbortSignal.any([signal, this.current.signal]);
  }

  cancel(): void {
    this.current.abort();
  }
}
