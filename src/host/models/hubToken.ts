import { constants, publicEncrypt } from "node:crypto";
import type { SecretStorage } from "vscode";
import { ModelFileRequest } from "../../protocol/modelFiles";
import type { Server } from "../connection/server";

const KEY = "huggingFaceToken";

/** The user's token for Hugging Face: it lies in the editor's secret storage and nowhere else. */
export class HubToken {
  constructor(
    private readonly secrets: SecretStorage,
    private readonly server: Server,
  ) {}

  async isSet(): Promise<boolean> {
    return Boolean(await this.secrets.get(KEY));
  }

  async set(token: string): Promise<void> {
    await this.secrets.store(KEY, token);
  }

  async remove(): Promise<void> {
    await this.secrets.delete(KEY);
  }

  /** The token as it travels, base64: only the running server can read it, and no trace of the messages. null: there is none. */
  async sealed(): Promise<string | null> {
    const token = await this.secrets.get(KEY);
    if (!token) return null;
    const key = await this.server.request(ModelFileRequest.tokenKey, null);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const sealed = publicEncrypt({ key, padding, oaepHash: "sha256" }, Buffer.from(token));
    return sealed.toString("base64");
  }
}

/** Why it can't be a token; null: it may be one. Longer ones do not fit into what it is encrypted by. */
export function tokenProblem(text: string): string | null {
  const token = text.trim();
  if (token === "") return "A token is needed.";
  return /^[\x21-\x7e]{1,150}$/.test(token) ? null : "A token is one word of at most 150 letters.";
}
