import {
  BulkRegistration,
  CodeLensRequest,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  HoverRequest,
  InlayHintRequest,
  TextDocumentSyncKind,
  type Connection,
  type DidChangeTextDocumentParams,
  type Disposable,
  type TextDocumentContentChangeEvent,
  type TextDocumentItem,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { firstStaleOffset, type Edit } from "./edits";
import { failure } from "../connection/responses";
import { selectDocument } from "./selector";

/** One step of an edit and the first offset (of the text before it) whose token may have changed. */
export interface EditStep {
  readonly edit: Edit;
  readonly staleFrom: number;
}

export interface DocumentListener {
  edited(document: TextDocument, steps: readonly EditStep[]): void;
  closed(uri: string): void;
}

/** How long the client may take to send the text of a document it was asked for, ms. */
const OPEN_TIMEOUT = 5000;
/** A change of a document's language closes and opens it at once; only what stays closed this long is closed, ms. */
const CLOSE_DELAY = 1000;

interface Followed {
  readonly registration: Promise<Disposable>;
  document: TextDocument | null;
  /** Called when the text arrives. */
  onOpen: (() => void) | null;
  closing: NodeJS.Timeout | null;
}

/**
 * The texts of highlighted documents. No other document's text reaches the server: synchronisation, hover, hints and
 * lenses are registered for each of these alone.
 */
export class Documents {
  private readonly followed = new Map<string, Followed>();

  constructor(
    private readonly connection: Connection,
    private readonly listener: DocumentListener,
  ) {
    connection.onDidOpenTextDocument(({ textDocument }) => this.open(textDocument));
    connection.onDidChangeTextDocument((params) => this.change(params));
    connection.onDidCloseTextDocument(({ textDocument }) => this.close(textDocument.uri));
  }

  /** Begins to follow a document; resolves with its text. Rejects when no editor has it open. */
  async follow(uri: string): Promise<TextDocument> {
    const entry = this.followed.get(uri) ?? this.add(uri);
    await entry.registration;
    if (!entry.document) await opened(entry);
    if (entry.document) return entry.document;
    this.forget(uri);
    throw failure("The document is not open in an editor.");
  }

  forget(uri: string): void {
    const entry = this.followed.get(uri);
    if (!entry) return;
    this.followed.delete(uri);
    if (entry.closing) clearTimeout(entry.closing);
    entry.registration.then((registration) => registration.dispose()).catch(() => undefined);
  }

  private add(uri: string): Followed {
    const registration = register(this.connection, uri);
    const entry: Followed = { registration, document: null, onOpen: null, closing: null };
    this.followed.set(uri, entry);
    return entry;
  }

  private open({ uri, languageId, version, text }: TextDocumentItem): void {
    const entry = this.followed.get(uri);
    if (!entry) return;
    if (entry.closing) clearTimeout(entry.closing);
    entry.closing = null;
    const old = entry.document?.getText();
    entry.document = TextDocument.create(uri, languageId, version, text);
    entry.onOpen?.();
    if (old !== undefined && old !== text) {
      const edit = { start: 0, endExclusive: old.length, length: text.length };
      this.listener.edited(entry.document, [{ edit, staleFrom: 0 }]);
    }
  }

  private change({ textDocument, contentChanges }: DidChangeTextDocumentParams): void {
    const document = this.followed.get(textDocument.uri)?.document;
    if (!document) return;
    const steps = contentChanges.map((change) => apply(document, change, textDocument.version));
    this.listener.edited(document, steps);
  }

  private close(uri: string): void {
    const entry = this.followed.get(uri);
    if (!entry || entry.closing) return;
    entry.closing = setTimeout(() => this.listener.closed(uri), CLOSE_DELAY);
  }
}

function register(connection: Connection, uri: string): Promise<Disposable> {
  const documentSelector = selectDocument(uri);
  const registration = BulkRegistration.create();
  registration.add(DidOpenTextDocumentNotification.type, { documentSelector });
  registration.add(DidChangeTextDocumentNotification.type, {
    documentSelector,
    syncKind: TextDocumentSyncKind.Incremental,
  });
  registration.add(DidCloseTextDocumentNotification.type, { documentSelector });
  registration.add(HoverRequest.type, { documentSelector });
  registration.add(InlayHintRequest.type, { documentSelector });
  registration.add(CodeLensRequest.type, { documentSelector });
  return connection.client.register(registration);
}

/** Resolves when the text has arrived, or has not arrived in time. */
function opened(entry: Followed): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(resolve, OPEN_TIMEOUT);
    const others = entry.onOpen;
    entry.onOpen = () => {
      clearTimeout(timeout);
      others?.();
      entry.onOpen = null;
      resolve();
    };
  });
}

function apply(
  document: TextDocument,
  change: TextDocumentContentChangeEvent,
  version: number,
): EditStep {
  const old = document.getText();
  const edit =
    "range" in change
      ? {
          start: document.offsetAt(change.range.start),
          endExclusive: document.offsetAt(change.range.end),
          length: change.text.length,
        }
      : { start: 0, endExclusive: old.length, length: change.text.length };
  TextDocument.update(document, [change], version);
  return { edit, staleFrom: firstStaleOffset(old, edit) };
}
