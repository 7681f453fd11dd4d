/** The workbench around the editor: status bar, side bar, panels. */
import type { FrameLocator, Locator, Page } from "playwright-core";
import { patience } from "./patience";
import { waitUntil } from "./waitUntil";

/** Texts of the status bar's items. */
export async function statusBar(page: Page): Promise<string[]> {
  const items = await page.locator(".statusbar-item").allInnerTexts();
  return items.map((text) => text.replace(/\u00a0/g, " ").trim()).filter((text) => text !== "");
}

/** A row of a tree in the side bar. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
}

/** Rows of `view` in the side bar's container `container`, which is opened when it is not. */
export async function sidebar(page: Page, container: string, view: string): Promise<TreeRow[]> {
  const icon = page.locator(`.activitybar .action-item:has(a[aria-label^="${container}"])`).first();
  if (!(await icon.evaluate((item) => item.classList.contains("checked")))) await icon.click();
  const pane = page
    .locator(".sidebar .pane")
    .filter({ has: page.locator(".pane-header .title", { hasText: view }) });
  await pane.first().waitFor();
  return pane
    .first()
    .locator('.pane-body .monaco-list-row[role="treeitem"]')
    .evaluateAll((rows) =>
      rows.map((row) => ({
        label: row.querySelector(".label-name")?.textContent ?? "",
        description: row.querySelector(".label-description")?.textContent ?? "",
      })),
    );
}

/** Chooses an entry of the context menu of `target`. */
export async function chooseInMenu(page: Page, target: Locator, entry: string): Promise<void> {
  await target.click({ button: "right" });
  const item = page.getByRole("menuitem", { name: entry });
  // A menu that has just opened takes no click: it could belong to the one that opened it.
  await waitUntil(`"${entry}" is chosen`, async () => {
    await item.click({ timeout: patience(1000) }).catch(() => undefined);
    return item.waitFor({ state: "hidden", timeout: patience(1000) }).then(
      () => true,
      () => false,
    );
  });
}

/** The document inside the webview panel on screen. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
}
