import { isRewritten, modelAt, type ModelDigests } from "../../engine/modelFiles";
import { withoutAdapter } from "../../protocol/modelIdentity";
import type { LoadedFacts } from "../../protocol/scores";

/** Digests of models that one may ask for while a model is loaded. */
export type KnownDigest = ModelDigests["known"];

/**
 * Facts of a model that say whether its adapter was made of another. Twins have equal shapes: it can be added all the same.
 * @returns `facts` themselves where nothing else is known now
 * @throws EngineError `FileVanished`, `FileUnreadable`
 */
export async function withOrigin<Facts extends LoadedFacts>(
  facts: Facts,
  known: KnownDigest,
): Promise<Facts> {
  const { path, adapterFacts } = facts;
  if (adapterFacts === null || adapterFacts.madeOf === null) return facts;
  const digest = await known(modelAt(withoutAdapter(path)));
  const isOfAnother = digest !== adapterFacts.madeOf;
  if (digest === null || isOfAnother === adapterFacts.isOfAnother) return facts;
  return { ...facts, adapterFacts: { ...adapterFacts, isOfAnother } };
}

/** The same of a model that was loaded earlier: what has since been written in its place, or is gone, tells nothing. */
export async function withLaterOrigin<Facts extends LoadedFacts>(
  facts: Facts,
  known: KnownDigest,
): Promise<Facts> {
  if (isRewritten(facts)) return facts;
  return withOrigin(facts, known).catch(() => facts);
}
