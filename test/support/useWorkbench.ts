import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import {
  artefactFolder,
  openWorkbench,
  type Workbench,
  type WorkbenchOptions,
  writeArtefact,
} from "./workbench";

/**
 * One window for all tests of a file. When a test fails, its screenshot and the log stay under `test-results`.
 * The options come from a function, so that it can make its files first.
 */
export function useWorkbench(
  options: () => WorkbenchOptions | Promise<WorkbenchOptions>,
): () => Workbench {
  let workbench: Workbench | undefined;
  beforeAll(async () => {
    workbench = await openWorkbench(await options());
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail" || !workbench) return;
    const name = `failed/${task.name.replace(/[^\w-]+/g, "-")}`;
    await writeArtefact(`${name}.log`, workbench.log.join("\n"));
    await workbench.page.screenshot({ path: join(artefactFolder, `${name}.png`) });
  });
  afterAll(() => workbench?.close());
  return () => {
    if (!workbench) throw new Error("The workbench is open only while tests run.");
    return workbench;
  };
}
