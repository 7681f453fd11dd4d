import { type Disposable, EventEmitter } from "vscode";
import { ModelFileRequest, type ModelFiles, type Transfer } from "../../protocol/modelFiles";
import type { Server } from "../connection/server";

const NOTHING: ModelFiles = { models: [], transfers: [] };

/** Models that lie on this machine, and what is being fetched, as the server has said last. */
export class LocalModels implements Disposable {
  private known: ModelFiles | null = null;
  private readonly change = new EventEmitter<ModelFiles>();
  private readonly subscriptions: readonly Disposable[];
  readonly onDidChange = this.change.event;

  constructor(private readonly server: Server) {
    this.subscriptions = [
      this.change,
      server.onModelFilesChanged((files) => this.set(files)),
      server.onEnd(() => this.set(null)),
    ];
  }

  /** As far as anybody has asked. */
  get current(): ModelFiles {
    return this.known ?? NOTHING;
  }

  /** Asks the server where it has not said it by itself. */
  async look(): Promise<ModelFiles> {
    return this.known ?? this.lookAnew();
  }

  /** Has the server look: of what other programs and windows do it does not hear by itself. */
  async lookAnew(): Promise<ModelFiles> {
    this.set(await this.server.request(ModelFileRequest.files, null));
    return this.current;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private set(files: ModelFiles | null): void {
    this.known = files;
    this.change.fire(this.current);
  }
}

/** Whether the network or the disk is at work for it, or soon is. */
export function isActive({ state }: Transfer): boolean {
  return state === "fetching" || state === "verifying" || state === "waiting";
}

/** Whether another window or program is at work for it. */
export function isElsewhere({ state, message }: Transfer): boolean {
  return state === "paused" && message !== null;
}
