import { formatBytes } from "../../analysis/presentation/format";
import type { ModelFileFacts, Verifier } from "../../protocol/modelFiles";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Twinlens deletes what it has fetched, and nothing of others. */
export function isOwn({ owner }: ModelFileFacts): boolean {
  return owner === "Twinlens";
}

/** `4.5 GB · used today · verified`; of other programs' files, whose they are: `4.5 GB · LM Studio`. @param now ms since 1970 */
export function fileEssentials(file: ModelFileFacts, now: number): string {
  const parts = isOwn(file)
    ? [usedText(file.lastUsed, now), file.verifiedBy === null ? "not verified" : "verified"]
    : [file.owner];
  return [formatBytes(file.bytes), ...parts].join(" · ");
}

/** Who has named the digest that the file has. */
export const VERIFIER_TEXTS: Readonly<Record<Verifier, string>> = {
  catalogue: "Its SHA-256 is the catalogue's.",
  hub: "Its SHA-256 is the one that the hub named.",
  user: "Its SHA-256 is the one that was asked for.",
};

export function usedText(lastUsed: number | null, now: number): string {
  if (lastUsed === null) return "not used yet";
  const days = Math.floor((now - lastUsed) / DAY_MS);
  if (days < 1) return "used today";
  return days === 1 ? "used yesterday" : `used ${days} days ago`;
}
