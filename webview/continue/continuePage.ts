/** The page of continuations: how they are drawn, the tree of what was tried, and the selected try. */
import { visibleText } from "../../src/analysis/presentation/format";
import type { DrawingStep } from "../../src/protocol/continuation";
import type { ContinuationsView } from "../../src/protocol/continuationPanel";
import { ROLE_NAMES } from "../../src/protocol/roles";
import { button, link } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";
import { drawingForm } from "./drawingForm";
import { treeView } from "./treeView";
import { tryView } from "./tryView";

export interface ContinuePage {
  readonly root: HTMLElement;
  readonly show: (view: ContinuationsView) => void;
  readonly showProgress: (step: DrawingStep) => void;
  readonly warn: (text: string) => void;
}

export function continuePage(ask: Ask): ContinuePage {
  const warning = element("p", { class: "warning", role: "alert" });
  const lack = element("p", { class: "note" });
  const empty = element("p", { class: "empty" }, NOTHING_TRIED);
  const undo = button(
    "Undo",
    () => ask({ type: "undo" }),
    "normal",
    "Undo: put back what was removed",
  );
  const clear = button("Clear All", () => ask({ type: "clear" }), "normal");
  const form = drawingForm(ask);
  const tree = treeView(ask);
  const tried = tryView(ask);
  const body = element("div", { class: "body" }, tree.root, tried.root);
  const root = element(
    "main",
    {},
    element(
      "header",
      { class: "top" },
      element("h1", {}, "Continue from Here"),
      element("div", { class: "actions" }, undo, clear),
    ),
    ...[warning, lack, form.root, empty, body],
  );
  return {
    root,
    showProgress: form.showProgress,
    warn: (text) => {
      warning.textContent = visibleText(text);
    },
    show: (view) => {
      const { nodes, only, canUndo } = view;
      const isEmpty = nodes.length === 0;
      undo.hidden = !canUndo;
      for (const part of [clear, body, form.root]) part.hidden = isEmpty;
      empty.hidden = !isEmpty;
      lack.hidden = only === null;
      lack.replaceChildren(...(only === null ? [] : lackText(only, ask)));
      form.show(view);
      tree.show(view);
      tried.show(view);
    },
  };
}

const NOTHING_TRIED = [
  "Nothing has been tried yet.",
  "Put the cursor where a text could go on, and run “Twinlens: Continue from Here”;",
  "or point at a highlighted word, and follow a link in its hover.",
  "What the base model and its RLHF twin go on with is then shown here side by side, and can be put into the text.",
].join(" ");

function lackText(only: NonNullable<ContinuationsView["only"]>, ask: Ask) {
  const choose = link("Choose a pair", () => ask({ type: "choosePair" }));
  return [`The ${ROLE_NAMES[only]} model goes on alone. `, choose, " with both to compare them."];
}
