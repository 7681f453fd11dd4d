import { visibleText } from "../../../analysis/presentation/format";
import type { Verifier } from "../../../protocol/modelFiles";
import { DownloadError } from "./downloadError";
import type { Algorithm } from "./digestWorker";
import type { Digest } from "./transfer";

/** What is computed of a file: its sha256 always. */
export function algorithmsFor(digest: Digest | null): readonly Algorithm[] {
  return digest?.algorithm === "sha512" ? ["sha256", "sha512"] : ["sha256"];
}

/** What a file has to have: what the caller names goes first. null: nobody names anything. */
export function expectedDigest(named: Digest | null, hubSha256: string | null): Digest | null {
  if (named !== null) return named;
  return hubSha256 === null ? null : { algorithm: "sha256", hex: hubSha256, by: "hub" };
}

export function wrongDigest(fileName: string, { algorithm, hex, by }: Digest, has: string) {
  return new DownloadError(
    "digest",
    `${visibleText(fileName)} is not what ${WHO[by]}: its ${algorithm} is ${has}, not ${hex}. It was damaged on its way, or it is another file; what was fetched was deleted. Try again, and if it happens once more use another source.`,
  );
}

/** The hub's file is another one already by what its headers say. */
export function otherAtHub({ hex, by }: Digest, hub: string): DownloadError {
  return new DownloadError(
    "digest",
    `The hub has another file than ${WHO[by]}: its sha256 is ${hub}, not ${hex}. It was replaced meanwhile, or it was never the one that is meant: look at the repository's page before you fetch it without that sha256.`,
  );
}

/** There is a file of the name that is wanted. */
export function otherOnDisk(path: string, { algorithm, hex, by }: Digest, has: string) {
  return new DownloadError(
    "exists",
    `${visibleText(path)} is there already, and not what ${WHO[by]}: its ${algorithm} is ${has}, not ${hex}. Nothing was overwritten: move it away or delete it, and try again.`,
  );
}

export function unknownOnDisk(path: string): DownloadError {
  return new DownloadError(
    "exists",
    `${visibleText(path)} is there already, and nobody names a sha256 that would show whether it is the file that you want. Nothing was overwritten: move it away or delete it, and try again.`,
  );
}

const WHO: Readonly<Record<Verifier, string>> = {
  catalogue: "the catalogue names",
  hub: "the hub names",
  user: "you have named",
};
