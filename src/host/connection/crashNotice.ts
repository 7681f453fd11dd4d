import { commands, window } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { ServerEnd } from "./server";

const openLog = "Open Log";
const restart = "Restart";

/** One message each time the server ends unexpectedly. */
export async function tellOfEnd(end: ServerEnd): Promise<void> {
  const answer = await ask(end);
  if (answer === openLog) await commands.executeCommand("twinlens.showLog");
  if (answer === restart) await commands.executeCommand("twinlens.restartServer");
}

function ask(end: ServerEnd): Thenable<string | undefined> {
  switch (end) {
    case "requested":
      return Promise.resolve(undefined);
    case "restarting":
      return window.showWarningMessage(
        notificationText(
          "The language server ended unexpectedly and was started again. Highlights are cleared.",
        ),
        openLog,
      );
    case "stopped":
      return window.showErrorMessage(
        notificationText(
          "The language server ended three times within a minute. It is not started again by itself.",
        ),
        restart,
        openLog,
      );
    default:
      return end satisfies never;
  }
}
