/** Every way a transfer can fail for good, by name. The message says what happened and what to do about it. */
export type DownloadErrorKind =
  | "address"
  | "unauthorized"
  | "forbidden"
  | "notFound"
  | "tooManyRequests"
  | "server"
  | "network"
  | "certificate"
  | "proxy"
  | "redirect"
  | "size"
  | "digest"
  | "exists"
  | "locked"
  | "disk"
  | "ended";

export class DownloadError extends Error {
  override readonly name = "DownloadError";

  constructor(
    readonly kind: DownloadErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** Whoever fetches ends, or was stopped. */
export function ended(): DownloadError {
  return new DownloadError("ended", "The download was stopped; what was fetched stays for later.");
}

/** What has ended an attempt, and may not meet the next one. */
export class Interruption extends Error {
  override readonly name = "Interruption";

  /**
   * @param reason what happened, a sentence without its full stop
   * @param advice what to do if it happens every time
   */
  constructor(
    readonly kind: DownloadErrorKind,
    readonly reason: string,
    readonly advice: string,
    readonly details: InterruptionDetails = {},
  ) {
    super(reason);
  }
}

interface InterruptionDetails {
  /** What the server asks to wait for; absent: it does not say. */
  readonly waitSeconds?: number;
  /** Nobody has answered: at the first attempt the address is more likely to be wrong than the network down. */
  readonly isUnreachable?: boolean;
}
