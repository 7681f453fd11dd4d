/** The row of tools above the list of samples. */
import { formatNumber } from "../../../src/analysis/presentation/format";
import { button, choice, choose, searchField } from "../../kit/components";
import { element } from "../../kit/dom";
import type { Look, Wish } from "./arrangement";
import { ORDERS } from "./sorting";

export interface SampleTools {
  readonly root: HTMLElement;
  /** Chooses the aligned view as the user would. */
  readonly align: () => void;
  /** Says how many of all samples are shown. */
  readonly count: (shown: number, all: number) => void;
  /** Whether there is an anchor to go to. */
  readonly offerJumps: (isOffered: boolean) => void;
}

export interface SampleToolsActions {
  readonly change: (part: Partial<Wish>) => void;
  readonly jump: (direction: 1 | -1) => void;
}

export function sampleTools(
  { look, order }: Wish,
  { change, jump }: SampleToolsActions,
): SampleTools {
  const looks = { plain: "Plain", aligned: "Aligned" };
  const lookChoice = choice<Look>("View", looks, look, (look) => change({ look }));
  const jumps = [
    button("Previous anchor", () => jump(-1), "normal"),
    button("Next anchor", () => jump(1), "normal"),
  ];
  const count = element("span", { class: "muted", role: "status" });
  const root = element(
    "div",
    { class: "tools" },
    searchField("Search", (wanted) => change({ wanted })),
    choice("Sort", ORDERS, order, (order) => change({ order })),
    lookChoice,
    ...jumps,
    count,
  );
  return {
    root,
    align: () => choose<Look>(lookChoice, "aligned"),
    count: (shown, all) => {
      const of = shown === all ? "" : `${formatNumber(shown, 0)} of `;
      count.textContent = `${of}${formatNumber(all, 0)} samples`;
    },
    offerJumps: (isOffered) => {
      for (const button of jumps) button.toggleAttribute("disabled", !isOffered);
    },
  };
}
