import type { Verifier } from "../../../protocol/modelFiles";

/** A file to fetch. */
export interface WantedFile {
  /** `http:` or `https:`. */
  readonly url: string;
  /** Where it is to lie; made if it is not there. */
  readonly folder: string;
  readonly fileName: string;
  /** What it has exactly: more is not taken, even of a server that announces nothing; null: nobody has said. */
  readonly bytes: number | null;
  /** What it must have; null: nobody has named one, and what the hub's headers name is used, if they do. */
  readonly digest: Digest | null;
  /** Goes to the origin of `url` and to no other; null: none. */
  readonly token: string | null;
}

/** A digest and who has named it. */
export interface Digest {
  readonly algorithm: "sha256" | "sha512";
  /** Lower case. */
  readonly hex: string;
  readonly by: Verifier;
}

/** How a transfer is getting on. */
export interface TransferProgress {
  /** `waiting`: for the next attempt, see `message`; `verifying`: what lies on disk is read. */
  readonly state: "fetching" | "verifying" | "waiting";
  readonly bytes: number;
  /** null: the hub does not say. */
  readonly total: number | null;
  /** Over the last seconds; null: not known yet. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Why it waits, and for how long. */
  readonly message: string | null;
}

/** A file that lies under its final name. */
export interface FetchedFile {
  readonly path: string;
  readonly bytes: number;
  /** Of what lies on disk, hex. */
  readonly sha256: string;
  /** null: nobody has named a digest; the file has only the size that was announced. */
  readonly verifiedBy: Verifier | null;
}

/** What a hub says of a file, before it is fetched. */
export interface RemoteFile {
  readonly bytes: number | null;
  /** Hex, as the hub's headers name it; null: they do not. */
  readonly sha256: string | null;
}

/** Begun and not ended: what lies in a folder beside the final names. */
export interface PartFile {
  readonly fileName: string;
  /** Where it came from; null: its record is damaged, so that it can only be begun anew or deleted. */
  readonly url: string | null;
  readonly bytes: number;
  readonly total: number | null;
}

/** Fetches files in a thread of its own. */
export interface Downloader {
  /** @throws DownloadError */
  ask(url: string, token: string | null, signal?: AbortSignal): Promise<RemoteFile>;
  /**
   * Fetches a file, or goes on with what an earlier attempt has left. An abort rejects with the signal's reason; what was
   * fetched stays for the next attempt.
   * @throws DownloadError that says what happened and what to do
   */
  fetch(
    file: WantedFile,
    onProgress: (now: TransferProgress) => void,
    signal: AbortSignal,
  ): Promise<FetchedFile>;
  /** Ends the thread; what it was fetching stays for later, and rejects with a DownloadError. */
  close(): Promise<void>;
}
