import { documentInterval } from "../analysis/bootstrap";
import { cutSegments } from "../analysis/segments";
import { increasePercent } from "../analysis/surprisal";
import { tokenizeAlike } from "../analysis/tokenizers";
import type { TextScores } from "../engine/scoring";
import type { ScoreDocument } from "../formats/scoreDocument";
import type { Role } from "../protocol/roles";
import { summariseRole } from "./summary";

/** A text that both models scored. */
interface ComparedText {
  readonly text: string;
  readonly base: TextScores;
  readonly rlhf: TextScores;
}

/**
 * The models compared over several texts (paper §2.1): macro, the mean of the texts' increases; micro, the increase of
 * the pooled perplexities (of pooled bits per byte where tokenizers differ).
 * @returns null for fewer than two texts that both models scored
 */
export function compareOverall(
  texts: readonly {
    readonly text: string;
    readonly base: TextScores | null;
    readonly rlhf: TextScores | null;
  }[],
): ScoreDocument["overall"] {
  const compared = texts.flatMap(({ text, base, rlhf }) =>
    base && rlhf ? [{ text, base, rlhf }] : [],
  );
  if (compared.length < 2) return null;
  const alike = compared.every(({ base, rlhf }) => tokenizeAlike(base.model, rlhf.model));
  const rates = compared.map((text) => ({
    base: rate(text, "base", alike),
    rlhf: rate(text, "rlhf", alike),
  }));
  const increases = rates
    .map(({ base, rlhf }) => increase(value(base, alike), value(rlhf, alike)))
    .filter((percent) => percent !== null);
  const pooled = (role: Role) =>
    value(rates.map((text) => text[role]).reduce(add, { bits: 0, units: 0 }), alike);
  return {
    macroIncreasePercent:
      increases.length > 0
        ? increases.reduce((sum, percent) => sum + percent, 0) / increases.length
        : null,
    microIncreasePercent: increase(pooled("base"), pooled("rlhf")),
    paired: documentInterval(compared.map(differenceSum)),
  };
}

/** Bits, and the units to divide them by: tokens, or bytes where the models' tokens differ. */
interface Rate {
  readonly bits: number;
  readonly units: number;
}

function rate(compared: ComparedText, role: Role, alike: boolean): Rate {
  const { bits, bitsPerByte, scoredTokens } = summariseRole(compared.text, compared[role], null);
  if (scoredTokens === 0) return { bits: 0, units: 0 };
  return { bits, units: alike ? scoredTokens : bits / bitsPerByte };
}

/** Perplexity, or bits per byte. */
function value({ bits, units }: Rate, alike: boolean): number {
  return alike ? 2 ** (bits / units) : bits / units;
}

function add(a: Rate, b: Rate): Rate {
  return { bits: a.bits + b.bits, units: a.units + b.units };
}

function increase(base: number, rlhf: number): number | null {
  const percent = increasePercent(base, rlhf);
  return Number.isFinite(percent) ? percent : null;
}

function differenceSum({ base, rlhf }: ComparedText): { sum: number; count: number } {
  const segments = cutSegments(base.columns, rlhf.columns);
  const total = (bits: Float64Array) => bits.reduce((sum, value) => sum + value, 0);
  return { sum: total(segments.rlhf) - total(segments.base), count: segments.count };
}
