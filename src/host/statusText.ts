import { durationWords } from "../analysis/duration";
import { formatNumber, formatPerplexity, formatSigned } from "../analysis/format";
import { type Measured, oldMeasurement } from "../protocol/measured";
import type { ScoringProgress, RoleSummary, Summary } from "../protocol/requests";
import { ROLE_NAMES, ROLES } from "../protocol/roles";
import { plainLabel } from "./plainText";

/** What the status bar says. */
export type Status =
  | { readonly kind: "noPair"; readonly problem: string }
  | { readonly kind: "ready"; readonly pair: string }
  | { readonly kind: "busy"; readonly pair: string; readonly progress: ScoringProgress }
  | {
      readonly kind: "scored";
      /** The one in use. */
      readonly pair: string;
      readonly summary: Summary;
      readonly measured: Measured;
      /** The numbers are those of the selection. */
      readonly isSelection: boolean;
      /** The RLHF model saw what stands before as a prompt. */
      readonly isReply: boolean;
      /** The text has changed since. */
      readonly isStale: boolean;
    };

export function statusText(status: Status): string {
  switch (status.kind) {
    case "noPair":
      return "$(graph) Twinlens: choose a pair";
    case "ready":
      return `$(graph) ${plainLabel(status.pair)}`;
    case "busy":
      return `$(loading~spin) ${progressText(status.progress)}`;
    case "scored": {
      const marks = [
        ...(status.isSelection ? ["selection"] : []),
        ...(status.isReply ? ["as a reply"] : []),
        ...(status.isStale ? ["edited"] : []),
        ...(status.summary.complete ? [] : ["partial"]),
      ];
      const note = marks.length > 0 ? ` (${marks.join(", ")})` : "";
      const old = oldMeasurement(status.measured);
      const whose = [status.pair, ...(old === null ? [] : [old])].map(plainLabel).join(" · ");
      return `$(graph) ${whose}: ${perplexities(status.summary)}${note}`;
    }
    default:
      return status satisfies never;
  }
}

/** `PPL base 12.3 · RLHF 18.9 (+54 %)`; bits per byte where the tokenizers differ and perplexities can't be compared. */
export function perplexities(summary: Summary): string {
  const { sameTokenizer, increasePercent } = summary;
  const parts = ROLES.map((role) => {
    const numbers = summary[role];
    const name = ROLE_NAMES[role];
    return numbers && `${name} ${figure(numbers, sameTokenizer)}`;
  });
  const increase = increasePercent === null ? "" : ` (${formatSigned(increasePercent, 0)} %)`;
  const known = parts.filter((part) => part !== null).join(" · ");
  return known === ""
    ? "Nothing scored"
    : `${sameTokenizer ? "PPL" : "bits/byte"} ${known}${increase}`;
}

function figure(numbers: RoleSummary, sameTokenizer: boolean): string {
  if (numbers.scoredTokens === 0) return "–";
  return sameTokenizer
    ? formatPerplexity(numbers.perplexity)
    : formatNumber(numbers.bitsPerByte, 2);
}

export function progressText({ phase, role, fraction, secondsLeft }: ScoringProgress): string {
  const model = role === null ? "" : ` the ${ROLE_NAMES[role]} model`;
  const percent = `${Math.floor(fraction * 100)} %`;
  const left = secondsLeft === null ? "" : `, ${durationWords(secondsLeft)} left`;
  switch (phase) {
    case "loading":
      return role === null ? "Starting" : `Loading${model}`;
    case "tokenizing":
      return "Cutting the text into tokens";
    case "scoring":
      return `Scoring ${percent}${left}`;
    case "idle":
      return "Done";
    default:
      return phase satisfies never;
  }
}
