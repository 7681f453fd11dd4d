import { type Disposable, EventEmitter, type ExtensionContext, workspace } from "vscode";

/** Where a window keeps the state; until 0.1.0 it was the setting `twinlens.live`. */
const KEY = "live";
/** Whether a window has taken the user's old setting over. */
const TAKEN_OVER = "live.settingTakenOver";

/** Where the state is kept: with the window's folder, and for all windows. */
export type LiveModeStore = Pick<ExtensionContext, "workspaceState" | "globalState">;

/** Whether highlighted texts are scored again while the user types: a state of this window that outlives its reload. */
export class LiveMode implements Disposable {
  private readonly change = new EventEmitter<void>();
  readonly onDidChange = this.change.event;

  constructor(private readonly store: LiveModeStore) {
    if (this.kept === undefined && takesSettingOver(store)) {
      void store.workspaceState.update(KEY, true);
    }
  }

  get isOn(): boolean {
    return this.kept ?? false;
  }

  async toggle(): Promise<void> {
    await this.store.workspaceState.update(KEY, !this.isOn);
    this.change.fire();
  }

  dispose(): void {
    this.change.dispose();
  }

  private get kept(): boolean | undefined {
    return this.store.workspaceState.get<boolean>(KEY);
  }
}

/** Whether the old setting is `true` for this window: a folder's own counts there, the user's in the first window only. */
function takesSettingOver({ globalState }: LiveModeStore): boolean {
  const old = workspace.getConfiguration("twinlens").inspect<unknown>("live");
  if (old?.workspaceValue !== undefined) return old.workspaceValue === true;
  if (old?.globalValue !== true || globalState.get(TAKEN_OVER) === true) return false;
  void globalState.update(TAKEN_OVER, true);
  return true;
}
