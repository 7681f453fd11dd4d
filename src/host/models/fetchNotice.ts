import { type Disposable, type Progress, ProgressLocation, window } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { Transfer } from "../../protocol/modelFiles";
import { isActive, type LocalModels } from "./localModels";
import { fetchedShare, transfersText } from "./transferTexts";

const PAUSE = "[Pause](command:twinlens.pauseModel?%5B%22all%22%5D)";

/** The notification that stands while models are fetched: how far they are, Pause and Cancel. */
export class FetchNotice implements Disposable {
  private shown: Shown | null = null;
  private readonly following: Disposable;

  /** @param onCancel the user wants these sources no longer */
  constructor(
    models: LocalModels,
    private readonly onCancel: (sources: readonly string[]) => void,
  ) {
    this.following = models.onDidChange(({ transfers }) => this.follow(transfers.filter(isActive)));
  }

  dispose(): void {
    this.following.dispose();
    this.close();
  }

  private follow(active: readonly Transfer[]): void {
    if (active.length === 0) return this.close();
    if (this.shown) this.shown.show(active);
    else this.shown = this.open(active);
  }

  private open(active: readonly Transfer[]): Shown {
    const shown = new Shown(active);
    void window.withProgress(
      { location: ProgressLocation.Notification, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => {
          this.close();
          this.onCancel(shown.transfers.map(({ source }) => source));
        });
        return shown.on(progress);
      },
    );
    return shown;
  }

  private close(): void {
    this.shown?.end();
    this.shown = null;
  }
}

/** One notification, from its beginning to its end. */
class Shown {
  end!: () => void;
  private readonly ended = new Promise<void>((resolve) => (this.end = resolve));
  private progress: Progress<{ message?: string; increment?: number }> | null = null;
  private text = "";
  private share = 0;

  constructor(public transfers: readonly Transfer[]) {}

  /** VS Code calls for it when the notification is there, which may be after its end. */
  on(progress: Progress<{ message?: string; increment?: number }>): Promise<void> {
    this.progress = progress;
    this.show(this.transfers);
    return this.ended;
  }

  /** The text is written only where it differs: whoever is on its link would be thrown out. */
  show(transfers: readonly Transfer[]): void {
    this.transfers = transfers;
    if (this.progress === null) return;
    const text = `${notificationText(transfersText(transfers))} ${PAUSE}`;
    const share = Math.max(this.share, fetchedShare(transfers) ?? 0);
    const increment = (share - this.share) * 100;
    this.progress.report(text === this.text ? { increment } : { message: text, increment });
    this.text = text;
    this.share = share;
  }
}
