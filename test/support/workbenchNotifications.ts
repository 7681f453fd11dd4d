import type { Page } from "playwright-core";

declare global {
  interface Window {
    /** Messages shown so far, in order; those gone by now as well. */
    shownNotifications: string[];
  }
}

/** Runs in the page before VS Code: keeps the text of every notification, for they vanish by themselves. */
export function recordNotifications(): void {
  window.shownNotifications = [];
  const seen = new WeakSet<Element>();
  new MutationObserver(() => {
    for (const toast of document.querySelectorAll(".notifications-toasts .notification-toast")) {
      const text = toast.querySelector(".notification-list-item-message")?.textContent ?? "";
      if (text === "" || seen.has(toast)) continue;
      seen.add(toast);
      window.shownNotifications.push(text);
    }
  }).observe(document, { childList: true, subtree: true });
}

/** Every message shown since the window was loaded. */
export function notifications(page: Page): Promise<string[]> {
  return page.evaluate(() => window.shownNotifications);
}

/** Presses a button of the notification that contains `message`. */
export async function pressNotification(
  page: Page,
  message: string,
  button: string,
): Promise<void> {
  const toast = page.locator(".notification-toast", { hasText: message });
  await toast.locator("a.monaco-button, .monaco-text-button", { hasText: button }).first().click();
}
