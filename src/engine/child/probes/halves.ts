/** Values of 16-bit floats by their bits. */
const VALUES = Float32Array.from({ length: 1 << 16 }, (_, bits) => valueOf(bits));

/** Writes the values of 16-bit floats into `out`, as many as there are. */
export function widen(halves: Uint16Array, out: Float32Array): void {
  for (let i = 0; i < halves.length; i++) out[i] = VALUES[halves[i]!]!;
}

/** IEEE 754: sign, 5 bits of exponent, 10 of fraction. */
function valueOf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14);
}
