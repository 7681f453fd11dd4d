/** How documents name the adapter of a model. */
import * as z from "zod/mini";
import { fileName } from "../analysis/presentation/modelName";
import type { LoadedFacts } from "../protocol/scores";

export const adapterSchema = z.object({
  /** Name of its file. */
  file: z.string(),
  /** Of that file; the model's own digest is over its files and this one. */
  sha256: z.string(),
});
export type NamedAdapter = z.infer<typeof adapterSchema>;

/** null: the model has none. */
export function namedAdapter({
  adapter,
  adapterFacts,
}: Pick<LoadedFacts, "adapter" | "adapterFacts">): NamedAdapter | null {
  return adapter === null || adapterFacts === null
    ? null
    : { file: fileName(adapter), sha256: adapterFacts.sha256 };
}
