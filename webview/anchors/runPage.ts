/** The page of one run: everything the panel shows, put together. */
import type { FromAnchors, ToAnchors } from "../../src/protocol/panels";
import type { Aligner, RunView } from "../../src/protocol/anchorViews";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { type Role, ROLE_TITLES } from "../../src/protocol/roles";
import type { Figure } from "../charts/figure";
import { figureView, type SaveActions } from "../charts/figureView";
import { element } from "../kit/dom";
import { term } from "../kit/term";
import type { Theme } from "../kit/theme";
import { choice, link, tabs } from "../kit/components";
import { anchorTable } from "./anchorTable";
import { type Comparison, compareRoles } from "./comparison";
import { controls } from "./controls";
import { ABOVE_CHANCE } from "./flows/flowDrawing";
import { flowView } from "./flows/flowView";
import { diversityFigure, sharingFigure, tenGramFigure } from "./figures/ngramFigures";
import {
  alignedFigure,
  anchorShareFigure,
  entropyFigure,
  overlapFigure,
} from "./figures/positionFigures";
import { runHead } from "./runHead";
import { samplesView } from "./samples/samplesView";
import {
  alignerNames,
  type Mark,
  rolesOf,
  type RoleState,
  shownBy,
  withFound,
  withSamples,
} from "./state";

/** Messages that change a run; `show` replaces the page. */
export type RunMessage = Exclude<ToAnchors, { type: "show" } | { type: "error" }>;

export interface RunPage {
  readonly root: HTMLElement;
  readonly receive: (message: RunMessage) => void;
  /** Shows above the run what went wrong. */
  readonly warn: (text: string) => void;
  readonly draw: (theme: Theme) => void;
  /** Whether all figures have their data. */
  readonly isComplete: () => boolean;
  readonly remove: () => void;
}

/** The longest anchor that the slider asks for. */
const LONGEST = 200;

/** @param ask resolves when the host has answered, and shows failures itself */
export function runPage(run: RunView, ask: (request: FromAnchors) => Promise<void>): RunPage {
  let roles = rolesOf(run);
  let isAtRest = false;
  let mark: Mark | null = null;
  /** At first the RLHF model: whether it follows a blueprint is what the panel is asked. */
  let shownRole: Role = roles.at(-1)?.role ?? "rlhf";
  let aligner: Aligner = "twinlens";
  /** For the figures that do not depend on the anchors' options. */
  let comparison = compareRoles(roles, aligner);

  const save = saving(ask);
  const head = runHead(run, {
    cancel: () => void ask({ type: "cancel" }),
    resume: () => void ask({ type: "resume" }),
    score: () => void ask({ type: "score" }),
  });
  const sliders = controls(run.options, LONGEST, (options) => ask({ type: "options", options }));
  const alignerChoice = choice<Aligner>("Aligned by", alignerNames, aligner, (chosen) => {
    aligner = chosen;
    showFindings();
  });
  const flows = roles.map(({ role }) => ({
    role,
    view: flowView(role, {
      markAnchor: (anchor) => toggleMark({ role, anchor }),
      savePng: save.png,
      saveSvg: (name, text) => void ask({ type: "saveText", name, format: "svg", text }),
      saveCsv: save.csv,
    }),
  }));
  const samples = samplesView(({ role }, sample) => void ask({ type: "openSample", role, sample }));
  const table = anchorTable(toggleMark, save.csv);
  const ofAlignment = figures([
    overlapFigure,
    alignedFigure,
    entropyFigure,
    sharingFigure,
    tenGramFigure,
    diversityFigure,
  ]);
  const ofAnchors = figures([anchorShareFigure]);

  const [overlap, aligned, entropy, ...ngrams] = ofAlignment.map(({ view }) => view.root);
  const views = tabs("Views of the samples", [
    ["Samples", samplesPage()],
    ["Overlap", figurePage([overlap, aligned, ...ofAnchors.map(({ view }) => view.root), entropy])],
    ["N-grams", figurePage(ngrams)],
    ["Anchors", table.root],
  ]);
  const root = element(
    "div",
    { class: "run" },
    head.root,
    whatAnchorsAre(() => {
      views.open("Samples");
      samples.align();
    }),
    sliders,
    element("div", { class: "flows" }, ...flows.map(({ view }) => view.root)),
    flowKey(),
    views.root,
  );

  function figures(makers: readonly ((comparison: Comparison) => Figure)[]) {
    return makers.map((make) => ({ make, view: figureView(make(comparison), save) }));
  }

  function samplesPage(): HTMLElement {
    const names = Object.fromEntries(roles.map(({ role }) => [role, ROLE_TITLES[role]]));
    const which = choice<Role>("Model", names as Record<Role, string>, shownRole, (role) => {
      shownRole = role;
      showSamples();
      showMark();
    });
    samples.tools.prepend(which);
    return samples.root;
  }

  function toggleMark(next: Mark): void {
    mark = mark?.role === next.role && mark.anchor === next.anchor ? null : next;
    showMark();
  }

  function showMark(): void {
    for (const { role, view } of flows) view.mark(mark?.role === role ? mark.anchor : null);
    samples.mark(mark?.role === shownRole ? mark.anchor : null);
    table.mark(mark);
  }

  function showSamples(): void {
    const shown = roles.find(({ role }) => role === shownRole);
    if (shown) samples.show(shown);
  }

  function change(role: Role, to: (state: RoleState) => RoleState): void {
    roles = roles.map((state) => (state.role === role ? shownBy(to(state), aligner) : state));
  }

  function showComparison(): void {
    comparison = compareRoles(roles, aligner);
    for (const { make, view } of ofAlignment) view.update(make(comparison));
  }

  /** Samples from elsewhere, and those that a version before drew, are scored when the user asks. */
  function offerScoring(): void {
    const isMissing = ({ samples }: RoleState) => samples.some(({ known }) => known !== "scored");
    head.offerScoring(isAtRest && roles.some(isMissing));
  }

  /** Shows the findings of the chosen aligner. */
  function showFindings(): void {
    roles = roles.map((state) => shownBy(state, aligner));
    showComparison();
    for (const { role } of roles) showAnchors(role);
  }

  function receive(message: RunMessage): void {
    switch (message.type) {
      case "progress":
        isAtRest = message.progress.kind === "done" || message.progress.kind === "stopped";
        head.show(message.progress);
        return offerScoring();
      case "samples": {
        const before = roles.find(({ role }) => role === message.role)?.samples ?? [];
        const samples = withSamples(before, message.first, message.samples);
        change(message.role, (state) => ({ ...state, samples }));
        if (message.role === shownRole) showSamples();
        return offerScoring();
      }
      case "alignment":
        change(message.role, (state) =>
          withFound(state, message.aligner, { alignment: message.alignment }),
        );
        if (message.aligner === "mafft") sliders.append(alignerChoice);
        showComparison();
        return;
      case "anchors": {
        const { role, anchors } = message;
        change(role, (state) => withFound(state, message.aligner, { anchors }));
        if (message.aligner === aligner) showAnchors(role);
        return;
      }
      case "chance":
        change(message.role, (state) => ({ ...state, chance: message.chance }));
        showComparison();
        return showFlowAndTable(message.role);
    }
  }

  function showAnchors(role: Role): void {
    const state = roles.find((state) => state.role === role);
    if (!state?.anchors) return;
    if (mark?.role === role) mark = null;
    showFlowAndTable(role);
    for (const { make, view } of ofAnchors) view.update(make({ ...comparison, roles }));
    if (role === shownRole) showSamples();
    showMark();
  }

  function showFlowAndTable(role: Role): void {
    const state = roles.find((state) => state.role === role);
    if (state?.anchors) flows.find((flow) => flow.role === role)?.view.show(state);
    table.show(roles);
  }

  return {
    root,
    receive,
    warn: (text) => head.warn(text),
    draw: (theme) => {
      for (const { view } of [...flows, ...ofAlignment, ...ofAnchors]) view.draw(theme);
    },
    isComplete: () => roles.every(({ anchors }) => anchors !== null),
    remove: () => {
      for (const { view } of [...ofAlignment, ...ofAnchors]) view.remove();
      root.remove();
    },
  };
}

/** How the page's figures are saved. */
export function saving(ask: (request: FromAnchors) => Promise<void>) {
  return {
    png: (name, data) => void ask({ type: "savePng", name, data }),
    csv: (name, text) => void ask({ type: "saveText", name, format: "csv", text }),
  } satisfies SaveActions;
}

/** What "the same place" means, and where it is seen. */
function whatAnchorsAre(showAligned: () => void): HTMLElement {
  return element(
    "p",
    { class: "muted what" },
    "Anchors are texts that many samples have at the same place: in the same column, once all samples are laid one below the other with gaps, so that what they share stands in line. ",
    link("Show the samples aligned", showAligned),
  );
}

/** How the diagrams are read. */
function flowKey(): HTMLElement {
  return element(
    "p",
    { class: "muted flow-key" },
    "Left to right: the order in which samples pass their anchors; distances say nothing. A flow is as thick as the samples that take it, and has the colour of the anchor that it leads to or, at the end, comes from; grey: samples without any anchor. ",
    `${ABOVE_CHANCE}: there the samples agree `,
    term("more than by chance", EXPLANATIONS.anchorChance),
    ".",
  );
}

function figurePage(roots: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element("div", { class: "figures" }, ...roots.filter((root) => root !== undefined));
}
