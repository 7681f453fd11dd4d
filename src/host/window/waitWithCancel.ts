import { type CancellationToken, ProgressLocation, window } from "vscode";

/** Waits for work of unknown length behind a notification that cancels it. */
export function waitWithCancel<T>(
  title: string,
  work: (token: CancellationToken) => Promise<T>,
): Promise<T> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(window.withProgress(options, (_, token) => work(token)));
}
