import { patience } from "./patience";
import type { Workbench } from "./workbench";
import { waitUntil } from "./waitUntil";

/** Gives the open file dialog a path; a file that is there is replaced. */
export async function chooseFile({ page }: Workbench, path: string): Promise<void> {
  const input = page.locator(".quick-input-widget input.input");
  // With the folder's list comes the dialog's own suggestion, which takes the place of what is typed before.
  const parent = page.locator(".quick-input-list .label-name").getByText("..", { exact: true });
  await parent.waitFor();
  const title = page.locator(".quick-input-title");
  const before = await title.innerText();
  const overwrite = page.locator(".quick-input-message", { hasText: "already exists" });
  // Another question may come at once, in the same place; the one whether to overwrite belongs to the dialog.
  const isOver = async () => {
    if (!(await input.isVisible())) return true;
    const now = await title.innerText();
    return now !== before && !now.includes("already exists");
  };
  await waitUntil(`the dialog takes ${path}`, async () => {
    if (await isOver()) return true;
    if (!(await overwrite.isVisible())) await input.fill(path, { timeout: patience(2000) });
    await input.press("Enter", { timeout: patience(2000) });
    const end = Date.now() + patience(2000);
    while (Date.now() < end) if (await isOver()) return true;
    return false;
  });
}
