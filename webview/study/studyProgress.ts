/** How far a study is, with the way to run it, to stop it, and to go on. */
import { durationWords } from "../../src/analysis/presentation/duration";
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import type { StudyCellView, StudyProgress } from "../../src/protocol/studyPanel";
import { button } from "../kit/components";
import { element } from "../kit/dom";

export interface StudyProgressView {
  readonly root: HTMLElement;
  readonly show: (cells: readonly StudyCellView[], progress: StudyProgress) => void;
}

export interface StudyActions {
  readonly run: () => void;
  readonly cancel: () => void;
}

/** Bar and buttons are made once and stay in their place, so that a press that begins before a message ends after it. */
export function studyProgress({ run, cancel }: StudyActions): StudyProgressView {
  const bar = element("progress", { max: "1", "aria-label": "Study" });
  const facts = element("span", { role: "status" });
  const start = button("Run", run, "normal");
  const resume = button("Resume", run, "normal");
  const stop = button("Cancel", cancel, "normal");
  const root = element("div", { class: "progress" });
  const place = (...parts: readonly HTMLElement[]): void => {
    if (
      parts.length === root.children.length &&
      parts.every((part, i) => root.children[i] === part)
    )
      return;
    const hadFocus = root.contains(document.activeElement);
    root.replaceChildren(...parts);
    if (hadFocus) parts.at(-1)?.focus();
  };
  return {
    root,
    show: (cells, progress) => {
      const measured = cells.filter(({ state }) => isMeasured(state.kind)).length;
      facts.textContent = [countWords(cells, measured), ...runningWords(progress)].join(", ");
      if (progress.running) {
        if (progress.fraction === null) bar.removeAttribute("value");
        else bar.value = progress.fraction;
        return place(bar, facts, stop);
      }
      if (measured === cells.length) return place(facts);
      const isBegun = cells.some(({ state }) => state.kind !== "waiting");
      place(facts, isBegun ? resume : start);
    },
  };
}

function isMeasured(kind: StudyCellView["state"]["kind"]): boolean {
  return kind === "done" || kind === "cached";
}

/** `7 of 12 cells measured, 1 failed` */
function countWords(cells: readonly StudyCellView[], measured: number): string {
  const failed = cells.filter(({ state }) => state.kind === "failed").length;
  const [done, all] = [measured, cells.length].map((count) => formatNumber(count, 0));
  const words = `${done} of ${all} cells measured`;
  return failed === 0 ? words : `${words}, ${formatNumber(failed, 0)} failed`;
}

function runningWords({ running, what, secondsLeft }: StudyProgress): readonly string[] {
  if (!running) return [];
  return [
    ...(what === null ? [] : [visibleText(what)]),
    ...(secondsLeft === null ? [] : [`${durationWords(secondsLeft)} left`]),
  ];
}
