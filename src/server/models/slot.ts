import type { Engine, LoadOptions, ScoringModel } from "../../engine/engine";
import { isCancelled } from "../../engine/errors";
import { type KnownDigest, withLaterOrigin } from "../../jobs/models/adapterOrigin";
import { loadToScore } from "../../jobs/scoring/loadToScore";
import type { ChosenModel } from "../../protocol/modelIdentity";
import type { ModelState } from "../../protocol/models";
import type { Role } from "../../protocol/roles";
import { SharedWork } from "../jobs/sharedWork";

/** A model in the engine that holds it. */
export interface Model {
  readonly engine: Engine;
  readonly loaded: ScoringModel;
}

/** A place for one model of the pair, and what stands in it. */
export class Slot {
  private status: ModelState["state"] = "unloaded";
  private error: string | null = null;
  private held: Model | null = null;
  private loading: SharedWork<Model, number> | null = null;

  /**
   * @param knownDigest as of `loadToScore`
   * @param onChange called after every change of {@link Slot.state}
   */
  constructor(
    readonly role: Role,
    readonly chosen: ChosenModel,
    readonly options: LoadOptions,
    private readonly knownDigest: KnownDigest,
    private readonly onChange: () => void,
  ) {}

  get model(): Model | null {
    return this.held;
  }

  state(): ModelState {
    const { role, chosen, status, error } = this;
    return { role, ...chosen, state: status, facts: this.held?.loaded.facts ?? null, error };
  }

  /**
   * Waits for the load that is under way, or begins one.
   * @param currentEngine what holds the model, asked when the load begins
   */
  join(
    currentEngine: () => Engine,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<Model> {
    const before = this.loading;
    if (before === null || before.isOver) {
      this.loading = new SharedWork(async (tell, stop) => {
        await before?.ended;
        return this.load(currentEngine, tell, stop);
      });
    }
    return this.loading!.join(onProgress, signal);
  }

  /** Looks again whether the model's adapter was made of another, now that more digests are known. */
  async recogniseAdapter(): Promise<void> {
    const { held } = this;
    if (held === null) return;
    const { loaded } = held;
    const facts = await withLaterOrigin(loaded.facts, this.knownDigest);
    if (facts === loaded.facts || this.held !== held) return;
    this.held = { ...held, loaded: { ...loaded, facts } };
    this.onChange();
  }

  /** Gives up the model, which the engine still holds. */
  release(): Model | null {
    const model = this.held;
    if (!model) return null;
    this.held = null;
    this.move("unloaded");
    return model;
  }

  /** Frees the model, or what a load that is under way leaves. @throws EngineError as of `Engine.unload` */
  async empty(): Promise<void> {
    await this.loading?.ended;
    const model = this.release();
    if (model) await model.engine.unload(model.loaded.id);
  }

  /** The load failed only because the other model fills the memory: this one has its turn later. */
  takeBackFailure(): void {
    this.move("unloaded");
  }

  private async load(
    currentEngine: () => Engine,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Model> {
    this.move("loading");
    try {
      const engine = currentEngine();
      const options = { ...this.options, onProgress, signal };
      const loaded = await loadToScore(engine, this.chosen, options, this.knownDigest);
      this.held = { engine, loaded };
      this.move("loaded");
      return this.held;
    } catch (error) {
      if (isCancelled(error)) this.move("unloaded");
      else this.move("failed", error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private move(status: ModelState["state"], error: string | null = null): void {
    this.status = status;
    this.error = error;
    this.onChange();
  }
}
