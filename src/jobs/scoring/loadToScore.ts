import type { Engine, LoadOptions, ScoringModel } from "../../engine/engine";
import type { ChosenModel } from "../../protocol/modelIdentity";
import { type KnownDigest, withOrigin } from "../models/adapterOrigin";

/**
 * Loads a model and makes it ready to score: only then is it known whether memory holds it.
 * @param known tells whether an adapter was made of another model; null: nobody wants to know
 * @throws EngineError as of `Engine.load` and `Engine.prepareScoring`; nothing stays loaded
 */
export async function loadToScore(
  engine: Engine,
  { path, adapter }: ChosenModel,
  options: Omit<LoadOptions, "adapter">,
  known: KnownDigest | null = null,
): Promise<ScoringModel> {
  const loaded = await engine.load(path, { ...options, adapter });
  try {
    const model = await engine.prepareScoring(loaded, options.signal);
    return known === null ? model : { ...model, facts: await withOrigin(model.facts, known) };
  } catch (error) {
    await engine.unload(loaded.id);
    throw error;
  }
}
