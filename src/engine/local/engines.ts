import type { Engine } from "../engine";
import { type EngineOptions, startEngine } from "./client";

/** The engine in use: after a crash a new one, so that a text which ends it takes no other with it. */
export class Engines {
  private running: Engine | null = null;

  constructor(private readonly options: EngineOptions) {}

  /** Nothing is loaded: none was started yet, or it has crashed. */
  get isNew(): boolean {
    return this.running === null;
  }

  current(): Engine {
    this.running ??= startEngine({ ...this.options, onCrash: () => (this.running = null) });
    return this.running;
  }

  dispose(): void {
    this.running?.dispose();
  }
}
