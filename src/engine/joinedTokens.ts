/** Lists of tokens as one, in their order. */
export function joinedTokens(parts: readonly Int32Array[]): Int32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
