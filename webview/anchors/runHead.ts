/** The top of the page: the run's name, its prompt, its settings, and its progress. */
import { formatNumber, visibleText } from "../../src/analysis/format";
import type { RunProgress, RunView } from "../../src/protocol/anchorViews";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { element } from "../dom";
import { button } from "../ui";
import { rolesOf } from "./state";

export interface RunHead {
  readonly root: HTMLElement;
  readonly show: (progress: RunProgress) => void;
  readonly warn: (text: string) => void;
}

export interface RunActions {
  readonly cancel: () => void;
  readonly resume: () => void;
  readonly score: () => void;
}

export function runHead(run: RunView, actions: RunActions): RunHead {
  const progress = element("div", { class: "progress", role: "status" });
  const warning = element("p", { class: "warning", role: "alert" });
  const roles = rolesOf(run);
  const isImported = roles.some(({ run: { model } }) => model === null);
  const root = element(
    "header",
    { class: "head" },
    element("h1", {}, visibleText(run.name)),
    element("p", { class: "muted" }, visibleText(run.pair)),
    element("blockquote", { class: "prompt text" }, run.prompt),
    ...roles.map(({ role, run: { model, settings, promptSent } }) =>
      element(
        "details",
        {},
        element(
          "summary",
          {},
          `${ROLE_TITLES[role]}: ${[visibleText(model ?? "samples from elsewhere"), visibleText(settings)].filter((part) => part !== "").join(", ")}`,
        ),
        element("p", { class: "muted" }, "The prompt as sent:"),
        element("pre", { class: "text scroll" }, promptSent),
      ),
    ),
    ...(isImported ? [button("Score the samples", actions.score, "normal")] : []),
    warning,
    progress,
  );
  return {
    root,
    warn: (text) => {
      warning.textContent = visibleText(text);
    },
    show: (current) => progress.replaceChildren(...progressParts(run, current, actions)),
  };
}

function progressParts(
  run: RunView,
  progress: RunProgress,
  { cancel, resume }: RunActions,
): readonly HTMLElement[] {
  switch (progress.kind) {
    case "sampling": {
      const wanted = run[progress.role]?.wanted ?? 0;
      const { done, tokensPerSecond, secondsLeft } = progress;
      const facts = [
        `${formatNumber(done, 0)} of ${formatNumber(wanted, 0)} ${ROLE_TITLES[progress.role]} samples`,
        ...(tokensPerSecond === null ? [] : [`${formatNumber(tokensPerSecond, 0)} tokens/s`]),
        ...(secondsLeft === null ? [] : [`${formatNumber(secondsLeft, 0)} s left`]),
      ];
      return [
        bar(done / Math.max(1, wanted), "Samples drawn"),
        element("span", {}, facts.join(", ")),
        button("Cancel", cancel, "normal"),
      ];
    }
    case "aligning": {
      const by = progress.aligner === "mafft" ? " with MAFFT; this may take minutes" : "";
      return [
        bar(progress.fraction, "Alignment"),
        element("span", {}, `Aligning the ${ROLE_TITLES[progress.role]} samples${by}`),
        button("Cancel", cancel, "normal"),
      ];
    }
    case "scoring":
      return [
        bar(progress.fraction, "Samples scored"),
        element("span", {}, `Scoring the ${ROLE_TITLES[progress.role]} samples under both models`),
        button("Cancel", cancel, "normal"),
      ];
    case "stopped":
      return [
        element("span", {}, visibleText(progress.reason)),
        button("Resume", resume, "normal"),
      ];
    case "done":
      return [];
  }
}

/** @param fraction 0 .. 1; null: unknown */
function bar(fraction: number | null, label: string): HTMLElement {
  const value = fraction === null ? {} : { value: fraction.toFixed(3) };
  return element("progress", { max: "1", ...value, "aria-label": label });
}
