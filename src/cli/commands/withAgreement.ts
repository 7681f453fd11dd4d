import { measureAgreement } from "../../jobs/scoring/agreement";
import type { ExportedText } from "../../report/document";
import { heldModels } from "./heldModels";
import type { ScoringJob } from "./scoringJob";

/** Texts that both models scored, with how far these agree on them; the others as they are. */
export async function withAgreement(
  texts: readonly ExportedText[],
  job: ScoringJob,
): Promise<ExportedText[]> {
  const { options, context, progress, problems, surroundings } = job;
  const models = heldModels(job);
  const compare = (name: string, text: string) =>
    measureAgreement(text, {
      context: context?.text ?? "",
      models,
      settings: options.settings,
      onProgress: (reached) => progress.show(`agreement  ${name}`, reached / text.length),
      signal: surroundings.signal,
    });
  const compared: ExportedText[] = [];
  for (const one of texts) {
    const { name, text, base, rlhf } = one;
    const agreement = base && rlhf && (await problems.noting(name, compare(name, text)));
    compared.push({ ...one, agreement });
  }
  return compared;
}
