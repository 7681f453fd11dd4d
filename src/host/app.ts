import type { LogOutputChannel, Uri } from "vscode";
import type { View } from "../protocol/settings";
import type { CurrentEditor } from "./currentEditor";
import type { Highlights } from "./highlights";
import type { Jobs } from "./jobs";
import type { LiveMode } from "./liveMode";
import type { NoPair, ResolvedPair } from "./pairs";
import type { Reports } from "./panels/report";
import type { Runs } from "./runs/runs";
import type { UserSettings } from "./settings";
import type { RunsView } from "./views/runsView";

/** What every command may use; built once, in `activate`. */
export interface App {
  readonly log: LogOutputChannel;
  /** Where Twinlens is installed, with what comes with it. */
  readonly extensionUri: Uri;
  /** Where it keeps files of its own. */
  readonly storage: Uri;
  readonly settings: UserSettings;
  readonly live: LiveMode;
  readonly editor: CurrentEditor;
  readonly highlights: Highlights;
  readonly jobs: Jobs;
  readonly reports: Reports;
  readonly runs: Runs;
  readonly runsView: RunsView;
  /** The embedded pair, as far as this build has one. */
  readonly embedded: ResolvedPair | null;
  /** The pair in use. */
  readonly pair: () => ResolvedPair | NoPair;
  /** What the heat map shows. */
  readonly view: () => View;
}
