import { constants, generateKeyPair, type KeyObject, privateDecrypt } from "node:crypto";
import { promisify } from "node:util";
import { failure } from "../connection/responses";

const KEY_BITS = 2048;

/** Opens tokens that the host has encrypted: whoever traces the messages between the two reads none. */
export class SealedTokens {
  /** Made when it is first asked for, away from the event loop; gone with the process. */
  private keys: Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }> | null =
    null;

  /** PEM, for OAEP with SHA-256. */
  async publicKey(): Promise<string> {
    this.keys ??= promisify(generateKeyPair)("rsa", { modulusLength: KEY_BITS });
    const { publicKey } = await this.keys;
    return publicKey.export({ type: "spki", format: "pem" }).toString();
  }

  /** @param sealed base64; null: there is no token @throws where another process was meant */
  async open(sealed: string | null): Promise<string | null> {
    if (sealed === null) return null;
    const keys = await this.keys;
    if (keys === null) throw strange();
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    try {
      const key = { key: keys.privateKey, padding, oaepHash: "sha256" };
      return privateDecrypt(key, Buffer.from(sealed, "base64")).toString();
    } catch {
      throw strange();
    }
  }
}

function strange(): Error {
  return failure("The token was meant for a language server that has ended. Try again.");
}
