import type { Engine, LoadOptions, ScoringModel } from "../../engine/engine";
import { EngineError } from "../../engine/errors";
import { loadToScore } from "../../jobs/scoring/loadToScore";
import type { MeasuringModels } from "../../jobs/scoring/measureStream";
import type { HeldModel } from "../../jobs/scoring/scoreWindow";
import { type Role, ROLES } from "../../protocol/roles";
import type { ModelPaths } from "../arguments/modelPaths";
import type { Engines } from "./engines";

/** One model or both in the engine in use: side by side where memory holds both, else in turns. */
export class PairModels implements MeasuringModels {
  readonly roles: readonly Role[];
  together = true;
  /** What kept a model from ever being loaded; null: nothing. */
  failure: Error | null = null;
  private readonly held = new Map<Role, ScoringModel>();
  private readonly known = new Set<Role>();
  /** The engine that holds them. */
  private engine: Engine | null = null;

  constructor(
    private readonly engines: Engines,
    private readonly paths: ModelPaths,
    private readonly options: (path: string) => LoadOptions,
  ) {
    this.roles = ROLES.filter((role) => paths[role] !== null);
  }

  async hold(role: Role): Promise<HeldModel> {
    const engine = this.engines.current();
    // After a crash there is another one, which holds nothing.
    if (engine !== this.engine) this.held.clear();
    this.engine = engine;
    const model = this.held.get(role) ?? (await this.load(engine, role));
    this.held.set(role, model);
    return { engine, model };
  }

  private async load(engine: Engine, role: Role): Promise<ScoringModel> {
    const path = this.paths[role]!;
    if (!this.together) await this.releaseOthers(engine, role);
    try {
      const model = await loadToScore(engine, path, this.options(path));
      this.known.add(role);
      return model;
    } catch (error) {
      if (this.together && isOutOfMemory(error) && this.held.size > 0) {
        this.together = false;
        return this.load(engine, role);
      }
      if (!this.known.has(role) && error instanceof Error) this.failure = error;
      throw error;
    }
  }

  private async releaseOthers(engine: Engine, role: Role): Promise<void> {
    for (const [other, { id }] of this.held) {
      if (other === role) continue;
      this.held.delete(other);
      await engine.unload(id);
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof EngineError && error.code === "OutOfMemory";
}
