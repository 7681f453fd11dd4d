import { window } from "vscode";
import { type HubToken, tokenProblem } from "./hubToken";

/** Asks for the token and keeps it. False: the user has given none. */
export async function askForToken(hubToken: HubToken): Promise<boolean> {
  const token = await window.showInputBox({
    title: "Hugging Face Token",
    prompt:
      "Make one that may read at huggingface.co/settings/tokens. It is kept in the secret storage of VS Code, and sent to the hub alone.",
    placeHolder: "hf_…",
    password: true,
    ignoreFocusOut: true,
    validateInput: tokenProblem,
  });
  if (token === undefined) return false;
  await hubToken.set(token.trim());
  return true;
}
