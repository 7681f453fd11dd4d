import { formatNumber, formatPercent, NOT_MEASURED } from "../../analysis/presentation/format";
import type { AgreementNumbers, OverallAgreement } from "../../formats/scoreDocument";

/**
 * How far the models agree, on one line.
 * @param drawn what the bootstrap drew, where that has to be said
 */
export function agreementText(agreement: AgreementNumbers, drawn = ""): string {
  if ("notMeasured" in agreement) return `agreement ${NOT_MEASURED}: ${agreement.notMeasured}`;
  const { baseFromRlhf, rlhfFromBase, sameTop, tokens, outside } = agreement;
  const divergences = `KL(base‖RLHF) ${interval(baseFromRlhf, bits)}, KL(RLHF‖base) ${interval(rlhfFromBase, bits)} bits per token`;
  const firstChoice = `same first choice ${interval(sameTop, share)} of ${formatNumber(tokens, 0)} tokens`;
  const left = outside
    ? `; outside the common vocabulary: base ${share(outside.base)}, RLHF ${share(outside.rlhf)}`
    : "";
  return `${divergences}; ${firstChoice} (95 %${drawn})${left}`;
}

export function overallAgreementText(agreement: OverallAgreement): string {
  if ("notMeasured" in agreement) return agreementText(agreement);
  const { files, over } = agreement;
  return agreementText(
    agreement,
    over === "files" ? `, over ${files} files` : `, over blocks within ${files} files`,
  );
}

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function interval({ value, low, high }: Interval, text: (value: number) => string): string {
  return `${text(value)} (${text(low)} to ${text(high)})`;
}

function bits(value: number): string {
  return formatNumber(value, 3);
}

function share(value: number): string {
  return formatPercent(value, 1);
}
