import { beforeEach, expect, it, vi } from "vitest";
import type { CurrentEditor } from "../../src/host/editor/currentEditor";
import type { Highlights } from "../../src/host/heatmap/highlights";
import { DocumentView } from "../../src/host/views/documentView";
import type { View } from "../../src/protocol/settings";

const { tree } = vi.hoisted(() => ({ tree: { description: "", dispose: () => undefined } }));

vi.mock("vscode", () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire(): void {}
    dispose(): void {}
  },
  window: { createTreeView: () => tree },
}));

/** Calls what listens to a change of the highlights. */
let change: () => void;
let hasNumbers: boolean;
let view: View;
let documentView: DocumentView;

beforeEach(() => {
  tree.description = "";
  [hasNumbers, view] = [false, "difference"];
  const highlights = {
    get: () => ({ summary: hasNumbers ? summary : null }),
    onDidChange: (listen: () => void) => {
      change = listen;
      return tree;
    },
  };
  const editor = {
    document: () => ({ uri: "file:///a" }),
    onDidChange: () => tree,
  };
  documentView = new DocumentView(
    highlights as unknown as Highlights,
    editor as unknown as CurrentEditor,
    () => view,
  );
});

const summary = {};

it("has the view that is on in its title, as long as there are numbers", () => {
  expect(tree.description).toBe("");
  hasNumbers = true;
  change();
  expect(tree.description).toBe("Difference");
  view = "baseRank";
  documentView.refresh();
  expect(tree.description).toBe("Base rank");
  hasNumbers = false;
  change();
  expect(tree.description).toBe("");
});
