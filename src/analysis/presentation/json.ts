/**
 * JSON in which every control and formatting character is written as an escape, so that it can be shown on a terminal:
 * `JSON.stringify` leaves DEL, the C1 controls (U+009B starts a terminal sequence) and bidirectional marks as they are.
 * @throws RangeError when the text would be longer than a string can be (about 500 million characters)
 */
export function toJson(value: unknown): string {
  return stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      "The scores are too long for one JSON text: ask for fewer alternatives or fewer texts at a time, or export CSV.",
      { cause: error },
    );
  }
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
