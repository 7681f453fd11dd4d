import {
  type CancellationToken,
  CancellationTokenSource,
  type Event,
  type Progress as Notification,
  ProgressLocation,
  window,
} from "vscode";
import type { ScoringProgress } from "../../protocol/documents";
import { progressText } from "../status/statusText";

/** Work that ends sooner shows nothing, ms. */
const PATIENCE_MS = 1000;

export interface ProgressOptions {
  /** Of the document that is worked on; empty: none. */
  readonly uri: string;
  readonly onProgress: Event<ScoringProgress>;
  /** The user has cancelled work on the document with this URI elsewhere. */
  readonly onCancel: Event<string>;
}

/** Waits for `work`; after a second a notification with a Cancel button shows how far it is. */
export async function withProgress<T>(
  { uri, onProgress, onCancel }: ProgressOptions,
  work: (token: CancellationToken) => Promise<T>,
): Promise<T> {
  const job = new CancellationTokenSource();
  const cancelling = onCancel((cancelled) => {
    if (cancelled === uri) job.cancel();
  });
  const result = work(job.token);
  try {
    if (await endsWithin(PATIENCE_MS, result)) return await result;
    const location = ProgressLocation.Notification;
    return await window.withProgress(
      { location, title: "Twinlens", cancellable: true },
      async (notification, token) => {
        const show = reporter(notification);
        const subscriptions = [
          token.onCancellationRequested(() => job.cancel()),
          onProgress((progress) => {
            if (progress.uri === uri) show(progress);
          }),
        ];
        try {
          return await result;
        } finally {
          for (const subscription of subscriptions) subscription.dispose();
        }
      },
    );
  } finally {
    cancelling.dispose();
    job.dispose();
  }
}

/** Notifications count by increments, and never back. */
function reporter(
  notification: Notification<{ message?: string; increment?: number }>,
): (progress: ScoringProgress) => void {
  let shown = 0;
  return (progress) => {
    const increment = Math.max(0, progress.fraction - shown) * 100;
    shown = Math.max(shown, progress.fraction);
    notification.report({ message: progressText(progress), increment });
  };
}

async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  const isInTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  return isInTime;
}
