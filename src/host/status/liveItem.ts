import { type Disposable, StatusBarAlignment, window } from "vscode";
import type { LiveMode } from "../window/liveMode";

/** In the status bar while live mode is on; a click turns it off. */
export class LiveItem implements Disposable {
  private readonly item = window.createStatusBarItem("twinlens.live", StatusBarAlignment.Right, 98);
  private readonly subscription: Disposable;

  constructor(private readonly live: LiveMode) {
    this.item.name = "Twinlens Live Mode";
    this.item.text = "$(pulse) Twinlens live";
    this.item.tooltip =
      "Twinlens scores highlighted texts again while you type in this window. Click to turn this off.";
    this.item.command = "twinlens.toggleLive";
    this.subscription = live.onDidChange(() => this.render());
    this.render();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private render(): void {
    if (this.live.isOn) this.item.show();
    else this.item.hide();
  }
}
