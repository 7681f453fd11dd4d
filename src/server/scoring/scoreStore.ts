import { createHash } from "node:crypto";
import type { Vocabulary } from "../../engine/engine";
import { cacheKey, type Cache } from "./cache";
import type { LayerScores } from "../documents/layers";
import { fileIdentity, type ModelHashes } from "../models/modelHash";
import { areScores, isVocabulary } from "./storedScores";

/** What decides a text's scores, beside the model. */
export interface ScoreKey {
  readonly text: string;
  /** JSON. */
  readonly parameters: unknown;
}

export type StoredScores = Omit<LayerScores, "scores">;

/**
 * Scores on the disk, by the model file's digest. With them lies the model's vocabulary, so that a document that is
 * opened again is shown without loading anything.
 */
export interface ScoreStore {
  read(modelPath: string, key: ScoreKey): Promise<StoredScores | null>;
  /** Whether `read` is likely to find something. */
  has(modelPath: string, key: ScoreKey): Promise<boolean>;
  /** Writes in the background. */
  write(modelPath: string, key: ScoreKey, scores: StoredScores): void;
}

type ScoresEntry = Pick<StoredScores, "original" | "prefix">;

export function createScoreStore(
  cache: () => Cache,
  hashes: ModelHashes,
  log: (message: string) => void,
): ScoreStore {
  async function write(path: string, key: ScoreKey, scores: StoredScores): Promise<void> {
    const digest = await hashes.of(path);
    const { original, prefix, vocabulary } = scores;
    await cache().write(vocabularyKey(digest), vocabulary);
    await cache().write(scoresKey(digest, key), { original, prefix } satisfies ScoresEntry);
  }

  return {
    async read(path, key) {
      const digest = await hashes.known(path).catch(() => null);
      if (digest === null) return null;
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
      // A file with the same content may lie elsewhere now.
      const model = { ...original.model, path };
      const file = await fileIdentity(path);
      return { original: { ...original, model }, prefix, vocabulary, file };
    },
    async has(path, key) {
      const digest = await hashes.known(path).catch(() => null);
      return digest !== null && cache().has(scoresKey(digest, key));
    },
    write(path, key, scores) {
      write(path, key, scores).catch((error: unknown) =>
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
