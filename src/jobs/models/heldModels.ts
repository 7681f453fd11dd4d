import type { Engine, LoadOptions, ScoringModel } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { loadToScore } from "../scoring/loadToScore";
import type { KnownDigest } from "./adapterOrigin";
import type { ChosenModel } from "../../protocol/modelIdentity";
import type { ModelFacts } from "../../protocol/scores";
import type { HeldModel } from "../scoring/scoreWindow";

/** The engine in use: after a crash another one. */
export interface EngineInUse {
  current(): Engine;
}

/** Models by name, in the engine in use: side by side where memory holds all that are asked for, else in turns. */
export class HeldModels<Name extends string> {
  readonly roles: readonly Name[];
  together = true;
  /** What kept a model from ever being loaded; null: nothing. */
  failure: Error | null = null;
  private readonly held = new Map<Name, ScoringModel>();
  private readonly known = new Map<Name, ModelFacts>();
  /** The engine that holds them. */
  private engine: Engine | null = null;

  /**
   * @param chosen by name
   * @param options of a chosen model
   * @param knownDigest as of `loadToScore`
   */
  constructor(
    private readonly engines: EngineInUse,
    private readonly chosen: ReadonlyMap<Name, ChosenModel>,
    private readonly options: (chosen: ChosenModel) => LoadOptions,
    private readonly knownDigest: KnownDigest | null = null,
  ) {
    this.roles = [...chosen.keys()];
  }

  /** @throws EngineError as of `loadToScore` */
  async hold(name: Name): Promise<HeldModel> {
    const engine = this.engines.current();
    // After a crash there is another one, which holds nothing.
    if (engine !== this.engine) this.held.clear();
    this.engine = engine;
    const model = this.held.get(name) ?? (await this.load(engine, name));
    this.held.set(name, model);
    return { engine, model };
  }

  /** Takes all others out of memory first. @throws EngineError as of `hold` */
  async holdAlone(name: Name): Promise<HeldModel> {
    const engine = this.engines.current();
    if (engine === this.engine) await this.releaseOthers(engine, name);
    return this.hold(name);
  }

  /** What is known of a model that was loaded at any time; null: it never was. */
  factsOf(name: Name): ModelFacts | null {
    return this.known.get(name) ?? null;
  }

  /** Takes all of them out of memory. */
  async release(): Promise<void> {
    const { engine, held } = this;
    if (engine === null || engine !== this.engines.current()) return;
    for (const [name, { id }] of held) {
      held.delete(name);
      await engine.unload(id);
    }
  }

  private async load(engine: Engine, name: Name): Promise<ScoringModel> {
    const chosen = this.chosen.get(name)!;
    if (!this.together) await this.releaseOthers(engine, name);
    try {
      const model = await loadToScore(engine, chosen, this.options(chosen), this.knownDigest);
      this.known.set(name, model.facts);
      return model;
    } catch (error) {
      if (this.together && isOutOfMemory(error) && this.held.size > 0) {
        this.together = false;
        return this.load(engine, name);
      }
      if (!this.known.has(name) && error instanceof Error) this.failure = error;
      throw error;
    }
  }

  private async releaseOthers(engine: Engine, name: Name): Promise<void> {
    for (const [other, { id }] of this.held) {
      if (other === name) continue;
      this.held.delete(other);
      await engine.unload(id);
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof EngineError && error.code === "OutOfMemory";
}
