/** How patient transfers are. */
export interface Timing {
  /** Without a byte for so long, a connection counts as lost, ms. */
  readonly stallMs: number;
  /** Before the second attempt, ms; doubles with each further one that gets nowhere. */
  readonly pauseMs: number;
}

export const TIMING: Timing = { stallMs: 30_000, pauseMs: 1000 };

/** So many attempts in a row without a byte are enough. */
export const ATTEMPTS = 6;

const LONGEST_PAUSE_MS = 30_000;

/** @param failures attempts in a row that got nowhere, at least 1 */
export function pauseAfter(failures: number, pauseMs: number): number {
  return Math.min(pauseMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/** What a server may ask to wait for, s; whoever asks for more is asked again when the user says so. */
export const LONGEST_WAIT_SECONDS = 600;

/** Seconds that a `Retry-After` header asks for: a number, or a date; null: it says neither. */
export function retryAfter(header: string | null, now = Date.now()): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  const date = /^[A-Z][a-z]{2,}/u.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
