/** The top of the page: the run's name, its prompt, its settings, and its progress. */
import { visibleText } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import type { RunProgress, RunView } from "../../src/protocol/anchorViews";
import { ROLE_TITLES, ROLES } from "../../src/protocol/roles";
import { element } from "../kit/dom";
import { button } from "../kit/components";
import { runProgress } from "./runProgress";
import { rolesOf } from "./state";

export interface RunHead {
  readonly root: HTMLElement;
  readonly show: (progress: RunProgress) => void;
  /** Whether there are samples that could be scored now. */
  readonly offerScoring: (isOffered: boolean) => void;
  readonly warn: (text: string) => void;
}

export interface RunActions {
  readonly cancel: () => void;
  readonly resume: () => void;
  readonly score: () => void;
}

export function runHead(run: RunView, actions: RunActions): RunHead {
  const progress = runProgress(run, actions.cancel, actions.resume);
  const warning = element("p", { class: "warning", role: "alert" });
  const roles = rolesOf(run);
  const scoring = element("div", { class: "scoring" });
  const score = button("Score the samples", actions.score, "normal");
  const root = element(
    "header",
    { class: "head" },
    element("h1", {}, visibleText(run.name)),
    element("p", { class: "muted" }, visibleText(run.pair)),
    ...about(run),
    element("blockquote", { class: "prompt text" }, run.prompt.text),
    ...roles.map(({ role, run: { model, settings, promptSent } }) =>
      element(
        "details",
        {},
        element(
          "summary",
          {},
          `${ROLE_TITLES[role]}: ${[visibleText(model), visibleText(settings)].filter((part) => part !== "").join(", ")}`,
        ),
        ...(settings === "" ? [] : [element("p", { class: "muted" }, EXPLANATIONS.nucleus)]),
        element("p", { class: "muted" }, "The prompt as sent:"),
        element("pre", { class: "text scroll" }, promptSent),
      ),
    ),
    ...missing(run),
    scoring,
    warning,
    progress.root,
  );
  return {
    root,
    warn: (text) => {
      warning.textContent = visibleText(text);
    },
    show: progress.show,
    offerScoring: (isOffered) => scoring.replaceChildren(...(isOffered ? [score] : [])),
  };
}

/** What a recorded run tells of itself. */
function about({ about }: RunView): HTMLElement[] {
  if (about === null) return [];
  const { text, source, licence } = about;
  return [
    element("p", {}, visibleText(text)),
    element(
      "p",
      { class: "muted" },
      `Source: ${visibleText(source)} Licence: ${visibleText(licence)}`,
    ),
  ];
}

/** A model without samples is missed where there are samples of the other one, and nothing is being drawn. */
function missing(run: RunView): HTMLElement[] {
  return ROLES.filter((role) => run[role] === null).map((role) =>
    element("p", { class: "muted" }, `${ROLE_TITLES[role]}: this run has no samples of it.`),
  );
}
