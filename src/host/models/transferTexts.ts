import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes } from "../../analysis/presentation/format";
import type { Transfer } from "../../protocol/modelFiles";
import { fetchedText } from "../status/jobTexts";

/** What a transfer is doing: `Fetching 43 % of 4.5 GB · about 11 min left`. */
export function transferText(transfer: Transfer): string {
  const { state, secondsLeft, message } = transfer;
  const left = secondsLeft === null ? "" : ` · ${durationWords(secondsLeft)} left`;
  switch (state) {
    case "fetching":
      return `${fetchedText(transfer)}${left}`;
    case "verifying":
      return `Checking what has come${left}`;
    case "waiting":
      return message ?? "Waiting for the hub";
    case "paused":
      return message ?? haltedText("Paused", transfer);
    case "failed":
      return haltedText("Failed", transfer);
    default:
      return state satisfies never;
  }
}

/** Several as one: what is fetched of all, and how long the last one takes. */
export function transfersText(transfers: readonly Transfer[]): string {
  const [first] = transfers;
  if (transfers.length === 1 && first) return `Getting ${first.name}. ${transferText(first)}`;
  const totals = transfers.map(({ total }) => total ?? NaN);
  const total = totals.reduce((a, b) => a + b, 0);
  const bytes = transfers.reduce((sum, one) => sum + one.bytes, 0);
  const seconds = Math.max(...transfers.map(({ secondsLeft }) => secondsLeft ?? NaN));
  const left = Number.isNaN(seconds) ? "" : ` · ${durationWords(seconds)} left`;
  const fetched = fetchedText({ bytes, total: Number.isNaN(total) ? null : total });
  return `Getting ${transfers.length} models. ${fetched}${left}`;
}

/** 0 .. 1; null: not known. */
export function fetchedShare(transfers: readonly Transfer[]): number | null {
  const total = transfers.reduce((sum, one) => sum + (one.total ?? NaN), 0);
  const bytes = transfers.reduce((sum, one) => sum + one.bytes, 0);
  return total > 0 ? bytes / total : null;
}

/** `Paused at 43 % of 4.5 GB`, with what is there where nobody says how much there is. */
function haltedText(word: string, { bytes, total }: Transfer): string {
  if (bytes === 0) return word;
  if (total === null) return `${word}, ${formatBytes(bytes)} so far`;
  return `${word} at ${Math.floor((100 * bytes) / total)} % of ${formatBytes(total)}`;
}
