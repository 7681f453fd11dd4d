import {
  type Disposable,
  type LogOutputChannel,
  type TextEditor,
  type TextEditorDecorationType,
  window,
} from "vscode";
import { unpackFloats, unpackOffsets } from "../../protocol/cells";
import { DocumentNotice, DocumentRequest } from "../../protocol/documents";
import type { TextRange } from "../../protocol/scores";
import type { View } from "../../protocol/settings";
import type { Server } from "../connection/server";
import { toLineRanges, visibleRange } from "../editor/textRanges";
import { paint, type Painting, type Style } from "./paint";
import type { DecorationTypes } from "./styles";
import { around, contains } from "./visible";

/** Values are fetched at most once a frame, ms. */
const FRAME_MS = 16;
/** Screens painted on either side of the visible one, and those that must be left when new ones are fetched. */
const MARGIN = 1;
const LEAST_MARGIN = 0.5;

/** Where values, colours and the view come from. */
export interface PaintSource {
  readonly server: Server;
  readonly types: DecorationTypes;
  readonly view: () => View;
  readonly log: LogOutputChannel;
}

/** One editor's heat map: what is on screen and a margin around it is fetched from the server and decorated. */
export class PaintedEditor implements Disposable {
  readonly uri: string;
  /** What is decorated now; null: nothing that still holds. */
  private covered: TextRange | null = null;
  /** Styles with a range in this editor, and whether a part of it is marked as out of date. */
  private used: ReadonlySet<Style> = new Set();
  private isStale = false;
  private timer: NodeJS.Timeout | undefined;
  private isFetching = false;
  private isOutdated = true;
  private isDisposed = false;

  constructor(
    private readonly editor: TextEditor,
    private readonly source: PaintSource,
  ) {
    this.uri = editor.document.uri.toString();
    this.schedule();
  }

  /** Values have changed: what is decorated is fetched again. */
  repaint(): void {
    this.isOutdated = true;
    this.schedule();
  }

  /** Another part of the text is on screen: it is fetched unless the margin holds it. */
  scrolled(): void {
    const visible = visibleRange(this.editor);
    if (visible === null) return;
    void this.source.server.notify(DocumentNotice.visible, { uri: this.uri, visible });
    const needed = around(visible, LEAST_MARGIN, this.length());
    if (this.covered === null || !contains(this.covered, needed)) this.repaint();
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    if (window.visibleTextEditors.includes(this.editor)) {
      this.decorate({ ranges: new Map(), stale: [] });
    }
  }

  private schedule(): void {
    // While values are on their way, the answer's arrival asks for the next ones.
    if (this.isFetching) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.update();
    }, FRAME_MS);
  }

  private async update(): Promise<void> {
    this.isFetching = true;
    this.isOutdated = false;
    try {
      await this.fetch();
    } catch (error) {
      // A failed job and the end of the server are reported elsewhere; the next change tries again.
      this.source.log.debug(`Values of ${this.uri}: ${String(error)}`);
    } finally {
      this.isFetching = false;
      if (this.isOutdated && !this.isDisposed) this.schedule();
    }
  }

  private async fetch(): Promise<void> {
    const visible = visibleRange(this.editor);
    if (visible === null) return;
    const { document } = this.editor;
    const range = around(visible, MARGIN, this.length());
    const view = this.source.view();
    const cells = await this.source.server.request(DocumentRequest.cells, {
      uri: this.uri,
      view,
      range,
    });
    // Values of another version stand elsewhere in the text: the change of the text has asked for newer ones.
    if (this.isDisposed || cells.version !== document.version) return;
    const columns = {
      starts: unpackOffsets(cells.starts),
      ends: unpackOffsets(cells.ends),
      values: unpackFloats(cells.values),
    };
    this.decorate({ ranges: paint(columns, view), stale: cells.stale });
    this.covered = range;
  }

  private decorate({ ranges, stale }: Painting): void {
    const { types } = this.source;
    // Most types have no range on most screens; setting them again would cost a message each.
    for (const style of this.used) if (!ranges.has(style)) this.set(types.get(style), []);
    for (const [style, textRanges] of ranges) this.set(types.get(style), textRanges);
    if (stale.length > 0 || this.isStale) this.set(types.stale, stale);
    this.used = new Set(ranges.keys());
    this.isStale = stale.length > 0;
  }

  private set(type: TextEditorDecorationType, textRanges: readonly TextRange[]): void {
    const { document } = this.editor;
    this.editor.setDecorations(
      type,
      // A coloured line break would colour the hint at the line's end.
      textRanges.flatMap((range) => toLineRanges(document, range)),
    );
  }

  /** UTF-16 units of the document. */
  private length(): number {
    const { document } = this.editor;
    return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
  }
}
