/** Normally distributed numbers around 0 (Box and Muller). */
export function normals(count: number, deviation: number, random: () => number): Float32Array {
  return Float32Array.from(
    { length: count },
    () => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
