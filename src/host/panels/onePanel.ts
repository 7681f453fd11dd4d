import {
  type Disposable,
  Uri,
  type ViewColumn,
  type Webview,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
} from "vscode";
import { type Page, showPage } from "./page";

export interface PanelKind {
  /** As its restorer is registered. */
  readonly viewType: string;
  readonly title: string;
  readonly page: Page;
  readonly column: ViewColumn;
  readonly extensionUri: Uri;
}

/** A panel of which a window has one. */
export abstract class OnePanel implements Disposable {
  private panel: WebviewPanel | null = null;

  constructor(private readonly kind: PanelKind) {}

  open(): void {
    if (this.panel) return this.panel.reveal();
    const { viewType, title, column } = this.kind;
    this.follow(window.createWebviewPanel(viewType, title, column));
  }

  /** Fills the panel of an earlier window. */
  restorer(): WebviewPanelSerializer {
    return {
      deserializeWebviewPanel: (panel) => {
        if (this.panel || !this.hasContent) panel.dispose();
        else this.follow(panel);
        return Promise.resolve();
      },
    };
  }

  dispose(): void {
    this.panel?.dispose();
  }

  /** Whether there is anything that the panel of an earlier window could show. */
  protected get hasContent(): boolean {
    return true;
  }

  /** Answers the page and tells it what changes, until what it gives is disposed of as the panel is closed. */
  protected abstract fill(webview: Webview): readonly Disposable[];

  private follow(panel: WebviewPanel): void {
    const { extensionUri, page, title } = this.kind;
    const subscriptions = this.fill(panel.webview);
    panel.onDidDispose(() => {
      this.panel = null;
      for (const subscription of subscriptions) subscription.dispose();
    });
    panel.iconPath = Uri.joinPath(extensionUri, "media", "panel.svg");
    showPage(panel.webview, extensionUri, page, title);
    this.panel = panel;
  }
}
