/** Which editor and which document are meant while something else has the focus. */
import { beforeEach, expect, it, vi } from "vitest";
import { CurrentEditor } from "../../src/host/editor/currentEditor";

type Listen = (editor?: unknown) => void;
const { vscode } = vi.hoisted(() => {
  const listeners: Record<string, Listen> = {};
  const on = (name: string) => (listen: Listen) => {
    listeners[name] = listen;
    return { dispose: () => undefined };
  };
  return {
    vscode: {
      listeners,
      EventEmitter: class {
        private readonly all: Listen[] = [];
        readonly event = (listen: Listen) => this.all.push(listen);
        fire = () => {
          for (const listen of this.all) listen();
        };
        dispose = () => undefined;
      },
      window: {
        activeTextEditor: {},
        visibleTextEditors: [] as unknown[],
        onDidChangeActiveTextEditor: on("active"),
        onDidChangeVisibleTextEditors: on("visible"),
      },
      workspace: { onDidCloseTextDocument: on("closed") },
    },
  };
});
vi.mock("vscode", () => vscode);

const document = { uri: { scheme: "file" }, isClosed: false };
const editor = { document };
let current: CurrentEditor;

beforeEach(() => {
  document.isClosed = false;
  vscode.window.activeTextEditor = editor;
  show(editor);
  current = new CurrentEditor();
});

function show(...editors: unknown[]): void {
  vscode.window.visibleTextEditors = editors;
}

it("a panel beside the text takes neither", () => {
  vscode.listeners["active"]!(undefined);
  expect(current.get()).toBe(editor);
  expect(current.document()).toBe(document);
});

it("a panel that covers the text leaves its document to the views", () => {
  vscode.listeners["active"]!(undefined);
  show();
  expect(current.get()).toBeUndefined();
  expect(current.document()).toBe(document);
});

it("a text that comes back without the focus is an editor again", () => {
  const again = { document };
  show();
  show(again);
  expect(current.get()).toBe(again);
});

it("a document that is closed is meant no more, and views hear of it", () => {
  let heard = 0;
  current.onDidChange(() => heard++);
  show();
  document.isClosed = true;
  vscode.listeners["closed"]!();
  expect(heard).toBe(1);
  expect(current.document()).toBeUndefined();
});
