import { commands } from "vscode";

/** What the walkthrough ticks off; each is a context key `twinlens.seen.…` of the manifest. */
export type Milestone = "pair" | "view" | "token" | "report" | "anchors";

/** Tells the walkthrough that the user has seen it, however that came about. */
export function reach(milestone: Milestone): void {
  void commands.executeCommand("setContext", `twinlens.seen.${milestone}`, true);
}
