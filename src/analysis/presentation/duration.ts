/**
 * A length of time as people say it: `a few seconds`, `about 40 s`, `about 11 min`, `about 2 h 10 min`. It is for
 * estimates, and as coarse as those are.
 */
export function durationWords(seconds: number): string {
  if (seconds < 5) return "a few seconds";
  const tens = Math.ceil(seconds / 10) * 10;
  if (tens < 60) return `about ${tens} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${Math.max(1, minutes)} min`;
  // Nobody plans by the minute what takes hours.
  const rounded = Math.round(minutes / 10) * 10;
  const [hours, rest] = [Math.floor(rounded / 60), rounded % 60];
  return rest === 0 ? `about ${hours} h` : `about ${hours} h ${rest} min`;
}
