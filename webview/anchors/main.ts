/** The anchors panel: a prompt's samples from both models, and the spans that the samples have in common. */
import type { AveragesMessage } from "../../src/protocol/anchorViews";
import type { FromAnchors, ToAnchors } from "../../src/protocol/panels";
import { adoptStyles, element } from "../kit/dom";
import { connectToHost } from "../kit/messages";
import sharedStyles from "../kit/style.css";
import { onThemeChange, readTheme } from "../kit/theme";
import { registerComponents } from "../kit/components";
import anchorStyles from "./anchors.css";
import { averagesPart } from "./figures/averagesPart";
import { RunPage } from "./runPage";
import { saving } from "./saving";

const host = connectToHost<ToAnchors | AveragesMessage, FromAnchors>();
const main = element("main");
const save = saving(host.ask);
let page: RunPage | null = null;

adoptStyles(sharedStyles, anchorStyles);
registerComponents();
document.body.append(main);
showState("", "Waiting for the run …");
onThemeChange(() => page?.draw(readTheme()));
host.onMessage((message) => {
  if (message.type === "show") {
    clear();
    page = new RunPage(message.run, ask, save);
    main.append(page.root);
    page.draw(readTheme());
  } else if (message.type === "averages") {
    const part = averagesPart(message.averages, save);
    document.body.prepend(part.root);
    part.draw(readTheme());
    onThemeChange(() => part.draw(readTheme()));
  } else if (message.type === "error") {
    fail(message.message);
  } else {
    page?.receive(message);
    // Says that what the page shows is complete.
    if (page?.isComplete) document.body.dataset.drawn = "1";
  }
});
void ask({ type: "ready" });

function ask(request: FromAnchors): Promise<void> {
  return host.ask(request).catch((error: Error) => fail(error.message));
}

/** What is on the page stays: a later failure never removes samples. */
function fail(text: string): void {
  if (page) page.warn(text);
  else showState("error", text);
}

function showState(kind: "" | "error", text: string): void {
  clear();
  const role = kind === "error" ? "alert" : "status";
  main.append(element("div", { class: `state ${kind}`, role }, text));
}

function clear(): void {
  delete document.body.dataset.drawn;
  page?.remove();
  page = null;
  main.replaceChildren();
}
