import { field, stringOf } from "../files/values";

/** What columns with texts are called, most telling first. */
export const TEXT_NAMES = [
  "text",
  "content",
  "document",
  "body",
  "article",
  "passage",
  "story",
  "raw_content",
];

/**
 * The column with the text: by its name, in any case, where at least half of the records have a text there; else the one
 * with most text in all. null: there are no texts.
 * @param head a file's first records
 */
export function guessColumn(head: readonly unknown[]): string | null {
  const lengths = new Map<string, { count: number; units: number }>();
  for (const record of head) {
    for (const name of columnsOf(record)) {
      const text = stringOf(field(record, name)) ?? "";
      const { count, units } = lengths.get(name) ?? { count: 0, units: 0 };
      if (text.trim() !== "") lengths.set(name, { count: count + 1, units: units + text.length });
    }
  }
  const common = [...lengths].flatMap(([name, { count }]) =>
    2 * count >= head.length ? [name] : [],
  );
  const named = TEXT_NAMES.map((known) => common.find((name) => name.toLowerCase() === known));
  const [longest] = [...lengths].sort(([, a], [, b]) => b.units - a.units);
  return named.find((name) => name !== undefined) ?? longest?.[0] ?? null;
}

/** The names of what a record has; none where it is no object. */
export function columnsOf(record: unknown): readonly string[] {
  return typeof record === "object" && record !== null && !Array.isArray(record)
    ? Object.keys(record)
    : [];
}

/** Columns that a message names. */
const MOST_NAMES = 30;

/** The names of columns, for a message. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  return [...first, ...(names.length > MOST_NAMES ? ["…"] : [])].join(", ");
}
