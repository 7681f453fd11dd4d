/** The panel of continuations: what both models go on with at a place of a document, and all that was tried. */
import type { FromContinuations, ToContinuations } from "../../src/protocol/continuationPanel";
import { registerComponents } from "../kit/components";
import { adoptStyles } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import { pageOnScreen } from "../kit/pageOnScreen";
import sharedStyles from "../kit/style.css";
import continueStyles from "./continue.css";
import { continuePage } from "./continuePage";

const host = connectToHost<ToContinuations, FromContinuations>();

adoptStyles(sharedStyles, continueStyles);
registerComponents();
const panel = pageOnScreen(() => continuePage(ask), "Waiting for what was tried …");
host.onMessage((message) => {
  switch (message.type) {
    case "show":
      return panel.show().show(message.view);
    case "progress":
      return panel.page()?.showProgress(message.step);
    default:
      message satisfies never;
  }
});
ask({ type: "ready" });

function ask(request: FromContinuations): void {
  panel.ask(host.ask(request));
}
