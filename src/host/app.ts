import type { LogOutputChannel, Uri } from "vscode";
import type { View } from "../protocol/settings";
import type { UnfinishedAdaptations } from "./adaptation/unfinished";
import type { ContinuationPanel } from "./continuation/continuationPanel";
import type { Continuations } from "./continuation/continuations";
import type { TryTree } from "./continuation/tryTree";
import type { CurrentEditor } from "./editor/currentEditor";
import type { Game } from "./game/game";
import type { GamePanel } from "./game/gamePanel";
import type { Highlights } from "./heatmap/highlights";
import type { Fetching } from "./models/fetching";
import type { HubToken } from "./models/hubToken";
import type { LocalModels } from "./models/localModels";
import type { Wishes } from "./models/wishes";
import type { Jobs } from "./status/jobs";
import type { LiveMode } from "./window/liveMode";
import type { NoPair, ResolvedPair } from "./settings/pairs";
import type { Reports } from "./panels/report";
import type { Runs } from "./runs/runs";
import type { Studies } from "./studies/studies";
import type { UserSettings } from "./settings/settings";
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
  readonly models: LocalModels;
  readonly wishes: Wishes;
  readonly hubToken: HubToken;
  readonly fetching: Fetching;
  readonly reports: Reports;
  readonly runs: Runs;
  readonly runsView: RunsView;
  readonly studies: Studies;
  readonly unfinished: UnfinishedAdaptations;
  readonly game: Game;
  readonly gamePanel: GamePanel;
  /** What was tried of continuations. */
  readonly tried: TryTree;
  readonly continuations: Continuations;
  readonly continuationPanel: ContinuationPanel;
  /** The embedded pair, as far as this build has one. */
  readonly embedded: ResolvedPair | null;
  /** The pair in use. */
  readonly pair: () => ResolvedPair | NoPair;
  /** What the heat map shows. */
  readonly view: () => View;
}
