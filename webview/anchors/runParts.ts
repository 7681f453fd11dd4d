/** What stands on the page of a run, and where. */
import type { Aligner, RunView } from "../../src/protocol/anchorViews";
import type { FromAnchors } from "../../src/protocol/panels";
import { type Role, ROLE_TITLES } from "../../src/protocol/roles";
import { choice, tabs } from "../kit/components";
import { element } from "../kit/dom";
import { flowKey, whatAnchorsAre } from "./aboutAnchors";
import { anchorTable, type AnchorTable } from "./anchorTable";
import type { Comparison } from "./comparison";
import { controls } from "./controls";
import { type FigureSet, figureSet } from "./figures/figureSet";
import { diversityFigure, sharingFigure, tenGramFigure } from "./figures/ngramFigures";
import {
  alignedFigure,
  anchorShareFigure,
  entropyFigure,
  overlapFigure,
} from "./figures/positionFigures";
import { type FlowView, flowView } from "./flows/flowView";
import { type RunHead, runHead } from "./runHead";
import { type SamplesView, samplesView } from "./samples/samplesView";
import type { saving } from "./saving";
import { alignerNames, type Mark, type RoleState } from "./state";
import { runSubject } from "./subject";

export interface RunParts {
  readonly root: HTMLElement;
  readonly head: RunHead;
  readonly flows: readonly { readonly role: Role; readonly view: FlowView }[];
  readonly samples: SamplesView;
  readonly table: AnchorTable;
  /** They do not depend on the anchors' options. */
  readonly ofAlignment: readonly FigureSet[];
  readonly ofAnchors: readonly FigureSet[];
  readonly offerAligners: () => void;
}

export interface RunPartsActions {
  /** Resolves when the host has answered, and shows failures itself. */
  readonly ask: (request: FromAnchors) => Promise<void>;
  readonly save: ReturnType<typeof saving>;
  readonly toggleMark: (mark: Mark) => void;
  readonly chooseAligner: (aligner: Aligner) => void;
  /** Whose samples are listed. */
  readonly chooseRole: (role: Role) => void;
}

/** The longest anchor that the slider asks for. */
const LONGEST = 200;

/** @param shownRole whose samples are listed at first */
export function runParts(
  run: RunView,
  first: Comparison,
  shownRole: Role,
  actions: RunPartsActions,
): RunParts {
  const { ask, save, toggleMark } = actions;
  const subjectOf = (states: readonly RoleState[]) => runSubject(run, states);
  const ofAll = ({ roles }: Comparison) => subjectOf(roles);
  const roles = first.roles.map(({ role }) => role);
  const head = headOf(run, ask);
  const sliders = controls(run.options, LONGEST, (options) => ask({ type: "options", options }));
  const aligners = choice("Aligned by", alignerNames, "twinlens", actions.chooseAligner);
  const flows = roles.map((role) => {
    const markAnchor = (anchor: number) => toggleMark({ role, anchor });
    return { role, view: flowView(role, markAnchor, (state) => subjectOf([state]), save) };
  });
  const samples = samplesView(({ role }, sample) => void ask({ type: "openSample", role, sample }));
  samples.tools.prepend(roleChoice(roles, shownRole, actions.chooseRole));
  const table = anchorTable(toggleMark, save.csv);
  const agreement = figureSet([overlapFigure, alignedFigure], first, ofAll, save);
  const shares = figureSet([anchorShareFigure], first, ofAll, save);
  const entropy = figureSet([entropyFigure], first, ofAll, save);
  const ngrams = figureSet([sharingFigure, tenGramFigure, diversityFigure], first, ofAll, save);
  const views = tabs("Views of the samples", [
    ["Samples", samples.root],
    ["Overlap", figurePage(agreement, shares, entropy)],
    ["N-grams", figurePage(ngrams)],
    ["Anchors", table.root],
  ]);
  const showAligned = () => {
    views.open("Samples");
    samples.align();
  };
  const root = element(
    "div",
    { class: "run" },
    head.root,
    whatAnchorsAre(showAligned),
    sliders,
    element("div", { class: "flows" }, ...flows.map(({ view }) => view.root)),
    flowKey(),
    views.root,
  );
  return {
    root,
    head,
    flows,
    samples,
    table,
    ofAlignment: [agreement, entropy, ngrams],
    ofAnchors: [shares],
    offerAligners: () => sliders.append(aligners),
  };
}

function headOf(run: RunView, ask: RunPartsActions["ask"]): RunHead {
  return runHead(run, {
    cancel: () => void ask({ type: "cancel" }),
    resume: () => void ask({ type: "resume" }),
    score: () => void ask({ type: "score" }),
  });
}

function roleChoice(
  roles: readonly Role[],
  shown: Role,
  choose: (role: Role) => void,
): HTMLElement {
  const names = Object.fromEntries(roles.map((role) => [role, ROLE_TITLES[role]]));
  return choice<Role>("Model", names as Record<Role, string>, shown, choose);
}

function figurePage(...sets: readonly FigureSet[]): HTMLElement {
  return element("div", { class: "figures" }, ...sets.flatMap(({ roots }) => roots));
}
