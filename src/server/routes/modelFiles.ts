import { ModelFileRequest } from "../../protocol/modelFiles";
import type { Parts } from "../build";
import { answer } from "../connection/channel";
import { SealedTokens } from "../modelFiles/sealedTokens";

/** What the host asks about models' files. */
export function answerAboutModelFiles({ connection, modelFiles }: Parts): void {
  const tokens = new SealedTokens();
  answer(connection, ModelFileRequest, {
    offers: () => modelFiles.offers(),
    files: () => modelFiles.files(),
    ask: async ({ source, token }, signal) =>
      modelFiles.ask(source, await tokens.open(token), signal),
    get: async ({ source, token }) => modelFiles.get(source, await tokens.open(token)),
    async pause({ source }) {
      await modelFiles.pause(source);
      return null;
    },
    async cancel({ source }) {
      await modelFiles.cancel(source);
      return null;
    },
    async remove({ path }) {
      await modelFiles.remove(path);
      return null;
    },
    tokenKey: () => tokens.publicKey(),
  });
}
