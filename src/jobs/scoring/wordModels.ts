import { boundaryEntries } from "../../engine/boundaryEntries";
import type { Role } from "../../protocol/roles";
import { boundaryOf, type WordChoice } from "../../protocol/words";
import type { ExportedModel } from "../../report/document";
import type { WordModel } from "../../report/wordDocument";

/** Models as an export of words needs them. */
export function wordModels(
  models: Readonly<Record<Role, ExportedModel | null>>,
  choice: WordChoice,
): Record<Role, WordModel | null> {
  const boundary = boundaryOf(choice);
  const of = (model: ExportedModel | null) =>
    model && {
      sha256: model.sha256,
      boundaryEntries: boundary && boundaryEntries(model.vocabulary, boundary),
    };
  return { base: of(models.base), rlhf: of(models.rlhf) };
}
