/** How far a run is, with the way to stop it or to go on. */
import { durationWords } from "../../src/analysis/presentation/duration";
import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import { runStepText } from "../../src/analysis/presentation/runStepText";
import type { RunProgress, RunView } from "../../src/protocol/anchorViews";
import { element } from "../kit/dom";
import { button } from "../kit/components";

export interface RunProgressView {
  readonly root: HTMLElement;
  readonly show: (progress: RunProgress) => void;
}

type Working = Exclude<RunProgress, { readonly kind: "stopped" | "done" }>;

/**
 * Messages come several times a second. The bar and the buttons are made once and stay in their place, so that a press
 * of a button that begins before a message and ends after it counts, and the focus stays where it is.
 */
export function runProgress(run: RunView, cancel: () => void, resume: () => void): RunProgressView {
  const bar = element("progress", { max: "1" });
  const facts = element("span");
  const stop = button("Cancel", cancel, "normal");
  const goOn = button("Resume", resume, "normal");
  const root = element("div", { class: "progress", role: "status" });
  const place = (...parts: readonly HTMLElement[]): void => {
    if (parts.every((part, i) => root.children[i] === part)) return;
    const hadFocus = root.contains(document.activeElement);
    root.replaceChildren(...parts);
    if (hadFocus) parts.at(-1)?.focus();
  };
  return {
    root,
    show: (progress) => {
      if (progress.kind === "done") return root.replaceChildren();
      if (progress.kind === "stopped") {
        facts.textContent = visibleText(progress.reason);
        return place(facts, goOn);
      }
      const { fraction, label, text } = described(run, progress);
      bar.setAttribute("aria-label", label);
      if (fraction === null) bar.removeAttribute("value");
      else bar.value = fraction;
      facts.textContent = text;
      place(bar, facts, stop);
    },
  };
}

interface Description {
  /** 0 .. 1; null: unknown */
  readonly fraction: number | null;
  readonly label: string;
  readonly text: string;
}

function described(run: RunView, progress: Working): Description {
  const wanted = run[progress.role]?.wanted ?? 0;
  const text = [runStepText(progress, wanted), ...details(progress)].join(", ");
  switch (progress.kind) {
    case "sampling":
      return { fraction: progress.done / Math.max(1, wanted), label: "Samples drawn", text };
    case "aligning":
      return { fraction: progress.fraction, label: "Alignment", text };
    case "scoring":
      return { fraction: progress.fraction, label: "Samples scored", text };
  }
}

/** What a list of jobs has no room for. */
function details(progress: Working): readonly string[] {
  if (progress.kind === "aligning" && progress.aligner === "mafft") {
    return ["which may take minutes"];
  }
  if (progress.kind !== "sampling") return [];
  const { tokensPerSecond, secondsLeft } = progress;
  return [
    ...(tokensPerSecond === null ? [] : [`${formatNumber(tokensPerSecond, 0)} tokens/s`]),
    ...(secondsLeft === null ? [] : [`${durationWords(secondsLeft)} left`]),
  ];
}
