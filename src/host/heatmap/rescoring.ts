import type { Disposable, Event } from "vscode";
import type { Highlights } from "./highlights";

export interface RescoringOptions {
  readonly highlights: Highlights;
  /** URIs of what is on screen, the active document's first. */
  readonly visible: () => readonly string[];
  /** Something else is on screen. */
  readonly onLook: Event<unknown>;
  /** Scores a document; when it resolves, the document is not due for the same reason any more. */
  readonly score: (uri: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Scores documents again that are due: what is on screen, one after the other, the active document first; the rest when
 * it is looked at.
 */
export class Rescoring implements Disposable {
  private isBusy = false;
  private readonly listening: Disposable;

  constructor(private readonly options: RescoringOptions) {
    this.listening = options.onLook(() => void this.look());
  }

  /** Resolves when nothing on screen is due any more. A failure ends the job of its document only. */
  async look(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    const { highlights, score, onError } = this.options;
    try {
      for (let uri = this.next(); uri !== undefined; uri = this.next()) {
        const begun = uri;
        await score(begun).catch((error: unknown) => {
          highlights.settle(begun);
          onError(error);
        });
      }
    } finally {
      this.isBusy = false;
    }
  }

  dispose(): void {
    this.listening.dispose();
  }

  private next(): string | undefined {
    const { highlights, visible } = this.options;
    return visible().find((uri) => highlights.get(uri)?.standing === "due");
  }
}
