/** What both models expected of one word, in one sentence of plain words. */
import { formatNumber } from "../../analysis/presentation/format";
import { escapeMarkdown } from "../../protocol/markdown";
import type { RoleToken } from "../../protocol/tokenDetails";
import { ROLE_NAMES, type Role } from "../../protocol/roles";

/** Models whose probabilities differ by less than this factor expected a token alike. */
const ALIKE = 1.25;

/** Markdown; empty where the models' tokens are not the same text, or one of them is not scored. */
export function expectation(tokens: readonly RoleToken[]): string {
  const [base, rlhf, ...others] = tokens;
  if (!base?.score || others.length > 0) return "";
  const name = `**${escapeMarkdown(base.label)}**`;
  if (!rlhf) return ofOne(base.role, base.score, name);
  if (!rlhf.score || !isSameText(base, rlhf)) return "";
  return compared(base.score.logProbability, rlhf.score.logProbability, name);
}

function isSameText(a: RoleToken, b: RoleToken): boolean {
  return a.range.start === b.range.start && a.range.endExclusive === b.range.endExclusive;
}

/** Empty where ranks are not measured. */
function ofOne(
  role: Role,
  { distribution }: NonNullable<RoleToken["score"]>,
  name: string,
): string {
  if (distribution === null) return "";
  const { rank } = distribution;
  const model = ROLE_NAMES[role];
  return rank === 1
    ? `The ${model} model expected ${name} more than anything else.`
    : `The ${model} model expected ${formatNumber(rank - 1, 0)} other tokens more than ${name}.`;
}

/** Natural logarithms of probabilities. The sentence is always about RLHF, as all that compares the two models is. */
function compared(base: number, rlhf: number, name: string): string {
  if (base === rlhf) return `Both models expected ${name} equally.`;
  const factor = Math.exp(Math.abs(base - rlhf));
  if (factor < ALIKE) return `Both models expected ${name} about equally.`;
  if (factor === Infinity) {
    const [out, not] = rlhf < base ? ["RLHF", "base"] : ["Base", "RLHF"];
    return `${out} ruled ${name} out, ${not} did not.`;
  }
  return `RLHF expected ${name} ${times(factor)} ${rlhf < base ? "less" : "more"} than base.`;
}

/** Two digits are enough for a factor. */
function times(factor: number): string {
  return `${factor < 10 ? formatNumber(factor, 1) : formatNumber(Number(factor.toPrecision(2)), 0)} times`;
}
