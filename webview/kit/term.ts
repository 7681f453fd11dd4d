import { element } from "./dom";

/** Words with what they mean: a tooltip where they are pointed at, a note beside them while they have the focus. */
export function term(words: string, explanation: string): HTMLElement {
  const made = element("button", { class: "term", title: explanation }, words);
  made.addEventListener("focus", () => show(explanation));
  made.addEventListener("blur", hide);
  made.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hide();
  });
  return made;
}

/** The style sheet puts it beside the words that have the focus. */
const note = element("div", { class: "explanation", popover: "manual", "aria-hidden": "true" });

function show(explanation: string): void {
  note.textContent = explanation;
  document.body.append(note);
  note.showPopover();
}

/** Out of the page a popover is hidden. */
function hide(): void {
  note.remove();
}
