/** Parts of VS Code's interface, as far as the extension host's own objects need them outside of a window. */

export class CancellationTokenSource {
  private stop: () => void = () => undefined;
  readonly token = { onCancellationRequested: (listener: () => void) => (this.stop = listener) };
  cancel(): void {
    this.stop();
  }
  dispose(): void {
    // Holds nothing.
  }
}

/** Tells nobody. */
export class EventEmitter {
  readonly event = () => ({ dispose: () => undefined });
  fire(): void {
    // Nobody listens.
  }
  dispose(): void {
    // Holds nothing.
  }
}
