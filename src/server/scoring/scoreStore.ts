import { createHash } from "node:crypto";
import type { Vocabulary } from "../../engine/engine";
import { modelAt, type ModelDigests } from "../../engine/modelFiles";
import { withOrigin } from "../../jobs/models/adapterOrigin";
import type { ChosenModel, ModelFile } from "../../protocol/modelIdentity";
import { cacheKey, type Cache } from "./cache";
import type { LayerScores } from "../documents/layers";
import { areScores, isVocabulary } from "./storedScores";

/** What decides a text's scores, beside the model. */
export interface ScoreKey {
  readonly text: string;
  /** JSON. */
  readonly parameters: unknown;
}

export type StoredScores = Omit<LayerScores, "scores">;

/**
 * Scores on the disk, by the model's digest. With them lies the model's vocabulary, so that a document that is
 * opened again is shown without loading anything.
 */
export interface ScoreStore {
  read(model: ChosenModel, key: ScoreKey): Promise<StoredScores | null>;
  /** Whether `read` is likely to find something. */
  has(model: ChosenModel, key: ScoreKey): Promise<boolean>;
  /** Writes in the background, under the model that made the scores. */
  write(key: ScoreKey, scores: StoredScores): void;
}

type ScoresEntry = Pick<StoredScores, "original" | "prefix">;

export function createScoreStore(
  cache: () => Cache,
  digests: ModelDigests,
  log: (message: string) => void,
): ScoreStore {
  /** The chosen model, and its digest; null where it was never read through, and so has no scores here. */
  async function known(chosen: ChosenModel): Promise<{ model: ModelFile; digest: string } | null> {
    try {
      const model = modelAt(chosen);
      const digest = await digests.known(model);
      return digest === null ? null : { model, digest };
    } catch {
      return null;
    }
  }

  async function write(key: ScoreKey, scores: StoredScores): Promise<void> {
    const { original, prefix, vocabulary } = scores;
    const digest = await digests.of(original.model);
    await cache().write(vocabularyKey(digest), vocabulary);
    await cache().write(scoresKey(digest, key), { original, prefix } satisfies ScoresEntry);
  }

  return {
    async read(chosen, key) {
      const found = await known(chosen);
      if (found === null) return null;
      const { digest } = found;
      const entry = (await cache().read(scoresKey(digest, key))) as ScoresEntry | undefined;
      const vocabulary =
        entry && ((await cache().read(vocabularyKey(digest))) as Vocabulary | undefined);
      if (!entry || !vocabulary) return null;
      const { original, prefix } = entry;
      if (!isVocabulary(vocabulary)) {
        await cache().drop(vocabularyKey(digest), "it is no vocabulary");
        return null;
      }
      if (!areScores(original, prefix, key.text, vocabulary)) {
        await cache().drop(scoresKey(digest, key), "it holds no scores of this text");
        return null;
      }
      // The same model may lie elsewhere now, and its digest was perhaps not known when it was loaded.
      const there = { ...original.model, ...found.model };
      const model = await withOrigin(there, (file) => digests.known(file));
      return { original: { ...original, model }, prefix, vocabulary };
    },
    async has(chosen, key) {
      const found = await known(chosen);
      return found !== null && cache().has(scoresKey(found.digest, key));
    },
    write(key, scores) {
      write(key, scores).catch((error: unknown) =>
        log(`Scores could not be cached: ${String(error)}`),
      );
    },
  };
}

function vocabularyKey(digest: string): string {
  return cacheKey("vocabulary", digest);
}

function scoresKey(digest: string, { text, parameters }: ScoreKey): string {
  const textDigest = createHash("sha256").update(text, "utf16le").digest("hex");
  return cacheKey("scores", digest, textDigest, parameters);
}
