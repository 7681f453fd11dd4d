/** One continuation, and once it is selected what can be done with it or with its beginning. */
import type { ContinuationNode } from "../../src/protocol/continuationPanel";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { button } from "../kit/components";
import { element } from "../kit/dom";
import type { Ask } from "./ask";

export interface Card {
  readonly root: HTMLElement;
  readonly show: (isSelected: boolean) => void;
}

/** @param first what was given, which stands before the text */
export function card(node: ContinuationNode, first: string, ask: Ask): Card {
  const { id, role, sample, text, ended } = node;
  const name = `${ROLE_TITLES[role]} ${sample + 1}`;
  const kept = element("span", {}, text);
  const rest = element("span", { class: "rest" });
  const end = ended === "end" ? [element("span", { class: "end muted" }, "ends here")] : [];
  const given = first === "" ? [] : [element("b", {}, first)];
  const press = element(
    "button",
    {
      class: "continuation text",
      "aria-label": `${name}: ${first}${text}`,
      "aria-pressed": "false",
    },
    ...[...given, kept, rest, ...end],
  );
  press.addEventListener("click", () => ask({ type: "select", id }));

  let upTo = text.length;
  const tools = element("div", { class: "tools", hidden: "" });
  const act = (type: "insert" | "copy" | "goOn") => () => ask({ type, id, upTo });
  const cut = (units: number) => {
    upTo = units;
    kept.textContent = text.slice(0, upTo);
    rest.textContent = text.slice(upTo);
  };
  tools.append(
    cutSlider(node, name, cut),
    button("Insert", act("insert"), "main", `Insert ${name}`),
    button("Copy", act("copy"), "normal", `Copy ${name}`),
    button("Continue After This", act("goOn"), "normal", `Continue After This: ${name}`),
    button("Remove", () => ask({ type: "remove", id }), "quiet", `Remove ${name}`),
  );
  const root = element("li", { class: "card" }, press, tools);
  return {
    root,
    show: (isSelected) => {
      const isNews = isSelected && tools.hidden;
      root.classList.toggle("selected", isSelected);
      press.setAttribute("aria-pressed", String(isSelected));
      tools.hidden = !isSelected;
      if (isNews) root.scrollIntoView({ block: "nearest" });
    },
  };
}

/** How many tokens of it are meant. */
function cutSlider(
  { text, starts }: ContinuationNode,
  name: string,
  change: (units: number) => void,
): HTMLElement {
  const ends = [...new Set([...starts.slice(1), text.length])].filter((end) => end > 0);
  const most = Math.max(1, ends.length);
  const input = element("input", {
    type: "range",
    min: "1",
    max: String(most),
    value: String(most),
    "aria-label": `Tokens of ${name}`,
  });
  const output = element("output");
  const tell = () => {
    const tokens = input.valueAsNumber;
    const words = tokens === most ? `all ${most} tokens` : `${tokens} of ${most} tokens`;
    output.textContent = words;
    input.setAttribute("aria-valuetext", words);
  };
  input.addEventListener("input", () => {
    change(ends[input.valueAsNumber - 1] ?? text.length);
    tell();
  });
  tell();
  return element("label", { class: "cut-slider" }, input, output);
}
