/** JSON as files hold it. */

/** undefined: the text is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** On one line, numbers to so many significant digits. */
export function jsonLine(value: unknown, digits: number): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "number" && !Number.isInteger(item) ? Number(item.toPrecision(digits)) : item,
  );
}
