import { commands, window, workspace } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";

/** Whether the folder is trusted; if not, a message says why it has to be. @param reason without its end */
export async function isTrusted(reason: string): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = "Manage Trust";
  const message = `${reason}: trust this folder first.`;
  const answer = await window.showWarningMessage(notificationText(message), manage);
  if (answer === manage) await commands.executeCommand("workbench.trust.manage");
  return false;
}
