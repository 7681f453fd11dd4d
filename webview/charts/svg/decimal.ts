/** A number in an attribute; two decimals are a hundredth of a pixel. */
export function decimal(value: number, decimals = 2): string {
  return String(Number(value.toFixed(decimals)));
}
