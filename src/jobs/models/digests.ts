import type { CatalogModel } from "../../formats/catalog/catalogSchema";
import { isSameRevision, parseSource, type Source } from "../../formats/catalog/source";
import type { Digest } from "./transfer/transfer";

/** What a catalogue names of a model's files in order; null: nothing, or of another revision than the one that is wanted. */
export function digestsOf(entry: CatalogModel | null, source: Source): readonly Digest[] | null {
  if (entry?.sha256 === undefined || !isSameRevision(parseSource(entry.source), source))
    return null;
  return [entry.sha256].flat().map((hex) => ({ algorithm: "sha256", hex, by: "catalogue" }));
}
