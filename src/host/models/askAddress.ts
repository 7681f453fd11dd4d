import { window } from "vscode";
import { ModelFileRequest, type SourceFacts } from "../../protocol/modelFiles";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { isCancelled, isEndOfServer } from "../window/errors";
import { waitWithCancel } from "../window/waitWithCancel";
import { tellOfFailure } from "./fetchFailure";
import { sourceProblem } from "./sources";

/** Asks for an address, and its host for what lies there. null: the user has left it empty; undefined: has given up. */
export async function askAddress(
  app: App,
  server: Server,
  title: string,
  mayBeEmpty: boolean,
): Promise<SourceFacts | null | undefined> {
  const address = await window.showInputBox({
    title,
    placeHolder: "hf:user/repository/file.gguf or https://…",
    prompt: "Its host is asked for size and digest; nothing is fetched yet.",
    ignoreFocusOut: true,
    validateInput: (text) => (mayBeEmpty && text.trim() === "" ? null : sourceProblem(text)),
  });
  if (address === undefined) return undefined;
  return address.trim() === "" ? null : ask(app, server, address.trim());
}

async function ask(app: App, server: Server, source: string): Promise<SourceFacts | undefined> {
  try {
    return await waitWithCancel("Asking the model's host", async (token) =>
      server.request(ModelFileRequest.ask, { source, token: await app.hubToken.sealed() }, token),
    );
  } catch (error) {
    if (isEndOfServer(error) || isCancelled(error)) return undefined;
    const { hubToken: token, log } = app;
    return (await tellOfFailure(error, source, { token, log }))
      ? ask(app, server, source)
      : undefined;
  }
}
