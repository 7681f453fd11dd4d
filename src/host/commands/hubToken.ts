import { window } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { App } from "../app";
import { askForToken } from "../models/askForToken";

export async function setHubToken({ hubToken }: App): Promise<void> {
  if (!(await askForToken(hubToken))) return;
  void window.showInformationMessage(notificationText("The Hugging Face token is kept."));
}

export async function removeHubToken({ hubToken }: App): Promise<void> {
  const was = await hubToken.isSet();
  await hubToken.remove();
  const text = was ? "The Hugging Face token is removed." : "There was no Hugging Face token.";
  void window.showInformationMessage(notificationText(text));
}
