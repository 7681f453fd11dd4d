import type { Engine, LoadOptions, ScoringModel } from "../../engine/engine";

/**
 * Loads a model and makes it ready to score: only then is it known whether memory holds it.
 * @throws EngineError as of `Engine.load` and `Engine.prepareScoring`; nothing stays loaded
 */
export async function loadToScore(
  engine: Engine,
  path: string,
  options: LoadOptions,
): Promise<ScoringModel> {
  const loaded = await engine.load(path, options);
  try {
    return await engine.prepareScoring(loaded, options.signal);
  } catch (error) {
    await engine.unload(loaded.id);
    throw error;
  }
}
