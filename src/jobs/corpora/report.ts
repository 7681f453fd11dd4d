import { formatNumber } from "../../analysis/presentation/format";
import type { Shape } from "./corpus";
import type { FileKind } from "./fileKind";

/** A record that was skipped, and why. */
export interface Skipped {
  readonly file: string;
  /** See `CorpusDocument`. */
  readonly record: number | null;
  readonly reason: string;
}

/** What was read from files of one kind. */
export interface Source {
  readonly format: FileKind["format"];
  readonly rendering: Shape;
  /** null: the records, lines or files are texts themselves, or several columns were read. */
  readonly column: string | null;
  readonly files: number;
}

/** Skipped records, and warnings, that are kept by name. */
export const MOST_NAMED = 100;

/** What is said of a corpus beside its documents; it grows as they are read. */
export class CorpusReport {
  documents = 0;
  /** The first ones. */
  readonly skipped: Skipped[] = [];
  /** How many were skipped, by reason. */
  readonly skippedByReason = new Map<string, number>();
  /** What a reader should know of files that were read all the same: the first ones. */
  readonly warnings: string[] = [];
  private readonly sourcesByKey = new Map<string, Source>();

  get skippedCount(): number {
    return [...this.skippedByReason.values()].reduce((sum, count) => sum + count, 0);
  }

  get sources(): readonly Source[] {
    return [...this.sourcesByKey.values()];
  }

  skip(skipped: Skipped): void {
    const { reason } = skipped;
    this.skippedByReason.set(reason, (this.skippedByReason.get(reason) ?? 0) + 1);
    if (this.skipped.length < MOST_NAMED) this.skipped.push(skipped);
  }

  warn(message: string): void {
    if (this.warnings.length < MOST_NAMED) this.warnings.push(message);
  }

  /** Counts a file. */
  addSource(source: Omit<Source, "files">): void {
    const key = JSON.stringify([source.format, source.rendering, source.column]);
    const files = (this.sourcesByKey.get(key)?.files ?? 0) + 1;
    this.sourcesByKey.set(key, { ...source, files });
  }
}

/** All that a reader should know, in words: what was read all the same, and records that were not, with their places. */
export function warningsOf({ warnings, skipped }: CorpusReport): string[] {
  return [...warnings, ...skipped.map(skippedText)];
}

function skippedText({ file, record, reason }: Skipped): string {
  const place = record === null ? file : `${file}, record ${formatNumber(record, 0)}`;
  return `${place} is left out: ${reason}`;
}
