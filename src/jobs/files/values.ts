/** Values within records of which nothing is known. */

export function field(record: unknown, name: string): unknown {
  return typeof record === "object" && record !== null && Object.hasOwn(record, name)
    ? (record as Record<string, unknown>)[name]
    : undefined;
}

export function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/**
 * A text, as it is or within an object; of content in parts, the parts' texts; content that is null, as a refusal's, is
 * empty. null: there is no text.
 */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const found = ["text", "content", "value"]
    .map((name) => field(value, name))
    .find((one) => one !== undefined);
  if (found === null) return "";
  if (!Array.isArray(found) || found.some((part) => typeof part === "string")) {
    return stringOf(found);
  }
  return found.map((part) => textOf(part) ?? "").join("");
}
