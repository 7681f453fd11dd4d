/** What exports and tables say of two models' agreement. */
import { agreementOf, type AgreementSums, type NotMeasured } from "../analysis/scores/agreement";
import type { AgreementNumbers, OverallAgreement } from "../formats/scoreDocument";

/** Two models' agreement on a text. */
export interface TextAgreement {
  readonly numbers: AgreementNumbers;
  /** What the agreement over several texts is made of; null: it was not measured. */
  readonly sums: AgreementSums | null;
}

export function textAgreement(found: AgreementSums | NotMeasured): TextAgreement {
  if ("notMeasured" in found) return { numbers: found, sums: null };
  const numbers = agreementOf([found], "blocks");
  if (numbers === null) return { numbers: { notMeasured: TOO_SHORT }, sums: null };
  return { numbers, sums: found };
}

const TOO_SHORT = "fewer than two tokens are scored";

/**
 * Over all tokens of the texts that were compared.
 * @param leastFiles so many are drawn whole; fewer draw blocks, which they have to have kept
 */
export function overallAgreement(
  texts: readonly TextAgreement[],
  leastFiles: number,
): OverallAgreement {
  const measured = texts.flatMap(({ sums }) => sums ?? []);
  const over = measured.length < leastFiles ? "blocks" : "files";
  const numbers =
    measured.length < 2 ? null : agreementOf(measured, over === "files" ? "texts" : "blocks");
  if (numbers === null) return { notMeasured: "fewer than two files were compared" };
  return { ...numbers, files: measured.length, over };
}

/** Without what blocks are drawn from. */
export function withoutBlocks({ numbers, sums }: TextAgreement): TextAgreement {
  return { numbers, sums: sums && { ...sums, cells: null } };
}
