import { plainLabel } from "../../analysis/presentation/format";
import { comparisonText } from "../../analysis/presentation/comparisonText";
import { durationWords } from "../../analysis/presentation/duration";
import { promptReaders } from "../../analysis/scores/promptReaders";
import { type Measured, oldMeasurement } from "../../protocol/measured";
import type { ScoringProgress } from "../../protocol/documents";
import type { Summary } from "../../protocol/summary";
import { ROLE_NAMES } from "../../protocol/roles";

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
        ...(status.isReply ? ["as a reply"] : afterPrompt(status.summary)),
        ...(status.isStale ? ["edited"] : []),
        ...(status.summary.complete ? [] : ["partial"]),
      ];
      const note = marks.length > 0 ? ` (${marks.join(", ")})` : "";
      const old = oldMeasurement(status.measured);
      const whose = [status.pair, ...(old === null ? [] : [old])].map(plainLabel).join(" · ");
      return `$(graph) ${whose}: ${comparisonText(status.summary, "PPL") ?? "Nothing scored"}${note}`;
    }
    default:
      return status satisfies never;
  }
}

function afterPrompt(summary: Summary): readonly string[] {
  return promptReaders(summary) === null ? [] : ["after a prompt"];
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
