import { type CancellationToken, ProgressLocation, window } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";

/** Waits for work of unknown length behind a notification that cancels it. */
export function waitWithCancel<T>(
  what: string,
  work: (token: CancellationToken) => Promise<T>,
): Promise<T> {
  const title = notificationText(what);
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(window.withProgress(options, (_, token) => work(token)));
}
