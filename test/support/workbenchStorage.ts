import type { Page } from "playwright-core";

/** Whether what VS Code has written for its next window is like this; in a browser it writes a moment after a change. */
export function isWritten(page: Page, pattern: RegExp): Promise<boolean> {
  return page.evaluate(async (wanted) => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error!);
      });
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await result(indexedDB.open(name));
      const stores = [...database.objectStoreNames];
      const values = stores.map((store) =>
        result(database.transaction(store).objectStore(store).getAll()),
      );
      const found = (await Promise.all(values)).flat();
      database.close();
      if (found.some((value) => typeof value === "string" && new RegExp(wanted, "u").test(value)))
        return true;
    }
    return false;
  }, pattern.source);
}
