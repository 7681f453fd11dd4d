/** The text up to the hidden word, scrolled to its end. */
import type { RoundView } from "../../src/protocol/gamePanel";
import { element } from "../kit/dom";

export interface PassagePart {
  readonly root: HTMLElement;
  readonly show: (round: RoundView) => void;
}

export function passagePart(): PassagePart {
  const text = element("span");
  const word = element("span");
  const root = element(
    "div",
    {
      class: "passage text",
      role: "region",
      "aria-label": "Text before the hidden word",
      tabindex: "0",
    },
    text,
    word,
  );
  return {
    root,
    show: ({ before, isCut, reveal }) => {
      const shown = isCut ? `… ${before}` : before;
      const isOther = text.textContent !== shown;
      text.textContent = shown;
      word.className = reveal === null ? "gap" : reveal.found === null ? "missed" : "found";
      word.textContent = reveal?.word ?? "?";
      if (isOther) root.scrollTop = root.scrollHeight;
    },
  };
}
