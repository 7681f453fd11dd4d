import {
  type CancellationToken,
  type Event,
  type Progress,
  ProgressLocation,
  window,
} from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";

/** What stands in a notification; `increment`: per cent. */
export type NotificationProgress = Progress<{ message?: string; increment?: number }>;

/** Waits for work of unknown length behind a notification that cancels it. */
export function waitWithCancel<T>(
  what: string,
  work: (token: CancellationToken, notification: NotificationProgress) => Promise<T>,
): Promise<T> {
  const title = notificationText(what);
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    window.withProgress(options, (notification, token) => work(token, notification)),
  );
}

/**
 * Likewise, while the notification follows an event.
 * @param reporter makes what puts an event's values into it
 */
export function waitFollowing<T, Value>(
  what: string,
  event: Event<Value>,
  reporter: (notification: NotificationProgress) => (value: Value) => void,
  work: (token: CancellationToken) => Promise<T>,
): Promise<T> {
  return waitWithCancel(what, async (token, notification) => {
    const following = event(reporter(notification));
    try {
      return await work(token);
    } finally {
      following.dispose();
    }
  });
}
