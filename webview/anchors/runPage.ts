/** The page of one run: keeps what is known of the run, and decides what a message or a choice changes on the page. */
import type { Aligner, RunProgress, RunView } from "../../src/protocol/anchorViews";
import type { FromAnchors, ToAnchors } from "../../src/protocol/panels";
import type { Role } from "../../src/protocol/roles";
import type { Theme } from "../kit/theme";
import { type Comparison, compareRoles } from "./comparison";
import { type RunParts, runParts, type RunPartsActions } from "./runParts";
import {
  type Mark,
  type RoleMessage,
  rolesOf,
  type RoleState,
  shownBy,
  withMessage,
} from "./state";

/** Messages that change a run; `show` replaces the page. */
export type RunMessage = Exclude<ToAnchors, { type: "show" } | { type: "error" }>;

export class RunPage {
  private roles: readonly RoleState[];
  private isAtRest = false;
  private mark: Mark | null = null;
  private shownRole: Role;
  private aligner: Aligner = "twinlens";
  /** For the figures that do not depend on the anchors' options. */
  private comparison: Comparison;
  private readonly parts: RunParts;

  /** @param ask resolves when the host has answered, and shows failures itself */
  constructor(
    run: RunView,
    ask: (request: FromAnchors) => Promise<void>,
    save: RunPartsActions["save"],
  ) {
    this.roles = rolesOf(run);
    // Whether the RLHF model follows a blueprint is what the panel is asked.
    this.shownRole = this.roles.at(-1)?.role ?? "rlhf";
    this.comparison = compareRoles(this.roles, this.aligner);
    this.parts = runParts(run, this.comparison, this.shownRole, {
      ask,
      save,
      toggleMark: (mark) => this.toggleMark(mark),
      chooseAligner: (aligner) => this.chooseAligner(aligner),
      chooseRole: (role) => this.chooseRole(role),
    });
  }

  get root(): HTMLElement {
    return this.parts.root;
  }

  /** Whether all figures have their data. */
  get isComplete(): boolean {
    return this.roles.every(({ anchors }) => anchors !== null);
  }

  receive(message: RunMessage): void {
    if (message.type === "progress") this.showProgress(message.progress);
    else this.take(message);
  }

  /** Shows above the run what went wrong. */
  warn(text: string): void {
    this.parts.head.warn(text);
  }

  draw(theme: Theme): void {
    const { flows, ofAlignment, ofAnchors } = this.parts;
    for (const { view } of flows) view.draw(theme);
    for (const figures of [...ofAlignment, ...ofAnchors]) figures.draw(theme);
  }

  remove(): void {
    const { root, ofAlignment, ofAnchors } = this.parts;
    for (const figures of [...ofAlignment, ...ofAnchors]) figures.remove();
    root.remove();
  }

  private take(message: RoleMessage): void {
    const { role } = message;
    this.roles = this.roles.map((state) =>
      state.role === role ? shownBy(withMessage(state, message), this.aligner) : state,
    );
    switch (message.type) {
      case "samples":
        if (role === this.shownRole) this.showSamples();
        return this.offerScoring();
      case "alignment":
        if (message.aligner === "mafft") this.parts.offerAligners();
        return this.showComparison();
      case "anchors":
        if (message.aligner === this.aligner) this.showAnchors(role);
        return;
      case "chance":
        this.showComparison();
        return this.showFlowAndTable(role);
    }
  }

  private toggleMark(next: Mark): void {
    const { mark } = this;
    this.mark = mark?.role === next.role && mark.anchor === next.anchor ? null : next;
    this.showMark();
  }

  private chooseAligner(aligner: Aligner): void {
    this.aligner = aligner;
    this.roles = this.roles.map((state) => shownBy(state, aligner));
    this.showComparison();
    for (const { role } of this.roles) this.showAnchors(role);
  }

  private chooseRole(role: Role): void {
    this.shownRole = role;
    this.showSamples();
    this.showMark();
  }

  private showProgress(progress: RunProgress): void {
    this.isAtRest = progress.kind === "done" || progress.kind === "stopped";
    this.parts.head.show(progress);
    this.offerScoring();
  }

  /** Samples from elsewhere, and those that a version before drew, are scored when the user asks. */
  private offerScoring(): void {
    const isMissing = ({ samples }: RoleState) => samples.some(({ known }) => known !== "scored");
    this.parts.head.offerScoring(this.isAtRest && this.roles.some(isMissing));
  }

  private showMark(): void {
    const { flows, samples, table } = this.parts;
    const anchorOf = (role: Role) => (this.mark?.role === role ? this.mark.anchor : null);
    for (const { role, view } of flows) view.mark(anchorOf(role));
    samples.mark(anchorOf(this.shownRole));
    table.mark(this.mark);
  }

  private showSamples(): void {
    const shown = this.stateOf(this.shownRole);
    if (shown) this.parts.samples.show(shown);
  }

  private showComparison(): void {
    this.comparison = compareRoles(this.roles, this.aligner);
    for (const figures of this.parts.ofAlignment) figures.update(this.comparison);
  }

  private showAnchors(role: Role): void {
    if (!this.stateOf(role)?.anchors) return;
    if (this.mark?.role === role) this.mark = null;
    this.showFlowAndTable(role);
    const { comparison, roles } = this;
    for (const figures of this.parts.ofAnchors) figures.update({ ...comparison, roles });
    if (role === this.shownRole) this.showSamples();
    this.showMark();
  }

  private showFlowAndTable(role: Role): void {
    const { flows, table } = this.parts;
    const state = this.stateOf(role);
    if (state?.anchors) flows.find((flow) => flow.role === role)?.view.show(state);
    table.show(this.roles);
  }

  private stateOf(role: Role): RoleState | undefined {
    return this.roles.find((state) => state.role === role);
  }
}
