import { commands, type Disposable, EventEmitter } from "vscode";
import { AdaptationRequest } from "../../protocol/adaptation";
import { ContinuationRequest } from "../../protocol/continuation";
import { GameRequest } from "../../protocol/game";
import type { Job } from "../../protocol/jobs";
import { ProbeRequest } from "../../protocol/probes";
import { RunRequest } from "../../protocol/runs";
import { StudyRequest } from "../../protocol/studies";
import type { Highlights } from "../heatmap/highlights";
import type { Server } from "../connection/server";

/** What the server works on, and what waits there. */
export class Jobs implements Disposable {
  private jobs: readonly Job[] = [];
  private readonly change = new EventEmitter<readonly Job[]>();
  private readonly subscriptions: readonly Disposable[];
  private readonly cancelling = new EventEmitter<string>();
  readonly onDidChange = this.change.event;
  /** Models are not to be loaded for the document with this URI; empty: not for the user. Whoever asked for them ends it. */
  readonly onCancelLoading = this.cancelling.event;

  constructor(
    private readonly server: Server,
    private readonly highlights: Highlights,
  ) {
    this.subscriptions = [
      this.change,
      this.cancelling,
      server.onJobs((jobs) => this.set(jobs)),
      server.onEnd(() => this.set([])),
    ];
  }

  get list(): readonly Job[] {
    return this.jobs;
  }

  async cancel(job: Job): Promise<void> {
    switch (job.kind) {
      case "document":
        return this.highlights.cancel(job.uri);
      case "loading":
        return this.cancelling.fire(job.uri);
      case "run":
        await this.server.request(RunRequest.cancel, { id: job.id });
        return;
      case "study":
        await this.server.request(StudyRequest.cancel, { file: job.file });
        return;
      case "probe":
        await this.server.request(ProbeRequest.cancel, null);
        return;
      case "adaptation":
        await this.server.request(AdaptationRequest.cancel, null);
        return;
      case "game":
        await this.server.request(GameRequest.cancel, null);
        return;
      case "continuation":
        await this.server.request(ContinuationRequest.cancel, null);
        return;
      case "transfer":
        await commands.executeCommand("twinlens.cancelModel", job);
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private set(jobs: readonly Job[]): void {
    this.jobs = jobs;
    this.change.fire(jobs);
  }
}
