import { modelAt, type ModelDigests, readDigests } from "../../engine/modelFiles";
import { type ModelFile, withoutAdapter } from "../../protocol/modelIdentity";
import { cacheKey, type Cache } from "../scoring/cache";

/**
 * Digests of model files. Gigabytes are read once; afterwards a file's stamp vouches for it.
 * @param onFound called when a model was read: its digest, and that of the model without its adapter, are known from now on
 */
export function createModelDigests(
  cache: () => Cache,
  onFound: () => void = () => undefined,
): ModelDigests {
  const running = new Map<string, Promise<string>>();

  async function known({ identity }: ModelFile): Promise<string | null> {
    if (identity.sha256 !== null) return identity.sha256;
    const value = await cache().read(keyOf(identity.stamp));
    return typeof value === "string" ? value : null;
  }

  async function find(model: ModelFile): Promise<string> {
    const before = await known(model);
    if (before !== null) return before;
    const { digest, bare } = await readDigests(model);
    await cache().write(keyOf(model.identity.stamp), digest);
    if (model.adapter !== null) {
      await cache().write(keyOf(modelAt(withoutAdapter(model.path)).identity.stamp), bare);
    }
    onFound();
    return digest;
  }

  return {
    known,
    of(model) {
      const { stamp } = model.identity;
      const pending = running.get(stamp) ?? find(model).finally(() => running.delete(stamp));
      running.set(stamp, pending);
      return pending;
    },
  };
}

function keyOf(stamp: string): string {
  return cacheKey("digest", stamp);
}
