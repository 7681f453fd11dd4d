/** A pair from a hub: chosen, paused, gone on with after a crash of the editor, verified, put to use; and what goes wrong with hubs. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { type Hub, startHub } from "../support/hub";
import { useWorkbench } from "../support/useWorkbench";
import { keepScreenshot, pick, runCommand } from "../support/workbench";
import { paintedRanges } from "../support/workbenchEditor";
import { notifications, pressNotification } from "../support/workbenchNotifications";
import { sidebar } from "../support/workbenchParts";
import { internetSockets, processIds } from "../support/workbenchProcesses";
import { isWritten } from "../support/workbenchStorage";
import { pair, story } from "./documents";
import { statusOf } from "./shown";

const TOKEN = "hf_QWERTYsecretOfNobody42";
const BYTES_PER_SECOND = 100_000;
const base = readFileSync(pair.base);
const rlhf = readFileSync(pair.rlhf);

/** Where the models go, as the setting says. */
const models = mkdtempSync(join(tmpdir(), "twinlens-fetched-"));
let hub: Hub;

const entry = (name: string, quantisation: string, stage: string, more: object = {}) => ({
  name,
  family: "Ferry",
  size: "1M",
  quantisation,
  stage,
  source: `hf:harbour/ferry-GGUF/${name}.gguf`,
  bytes: base.length,
  licence: "Apache-2.0",
  licenceUrl: "https://www.apache.org/licenses/LICENSE-2.0",
  ...more,
});

const workbench = useWorkbench(async () => {
  hub = await startHub();
  const put = (name: string, content: Uint8Array, more: object = {}) =>
    hub.put({ path: `harbour/ferry-GGUF/${name}.gguf`, content, ...more });
  const faults = { bytesPerSecond: BYTES_PER_SECOND };
  await put("ferry-base", base, { faults });
  await put("ferry-dpo", rlhf, { faults });
  await put("gated-base", base);
  await put("gated-dpo", rlhf, { gated: { accepted: [TOKEN] } });
  const sha256 = createHash("sha256").update(base).digest("hex");
  const folder = folderWith({ "story.md": story });
  const catalog = join(models, "catalog.json");
  writeFileSync(
    catalog,
    JSON.stringify({
      version: 1,
      models: [
        entry("ferry-base", "F32", "base", { sha256 }),
        entry("ferry-dpo", "F32", "dpo", { caution: "its name was read on a page of 2024" }),
        entry("gated-base", "Q8_0", "base"),
        entry("gated-dpo", "Q8_0", "dpo", { gated: true }),
        entry("lost-sft", "F32", "sft"),
      ],
    }),
  );
  return {
    folder,
    openFile: "story.md",
    env: { HF_ENDPOINT: hub.url },
    settings: { "twinlens.trace.server": "verbose" },
    machineSettings: {
      "twinlens.gpu": "off",
      "twinlens.catalogs": [catalog],
      "twinlens.modelFolder": join(models, "kept"),
    },
  };
});
afterAll(() => hub.close());

test("a pair is offered, named in full before anything is fetched, and paused", async () => {
  const { page } = workbench();
  await sidebar(page, "Twinlens", "Models");
  await runCommand(workbench(), "Twinlens: Get a Pair of Models…");
  await page.locator(".quick-input-list", { hasText: "Ferry 1M, DPO, F32" }).waitFor();
  await keepScreenshot(workbench(), "get-pair-offers");
  await pick(workbench(), "Ferry 1M, DPO, F32");
  const dialog = page.locator(".monaco-dialog-box");
  await dialog.waitFor();
  const text = await dialog.innerText();
  for (const part of ["Apache-2.0", "in 2 files", new URL(hub.url).host, join(models, "kept")]) {
    expect(text).toContain(part);
  }
  expect(await hub.requests()).toEqual([]);
  await keepScreenshot(workbench(), "get-pair-confirmation");
  await dialog.getByText("Download", { exact: true }).click();
  await expect.poll(() => transferRows(page)).toMatch(/ferry-base: Fetching [1-9]/);
  await keepScreenshot(workbench(), "get-pair-progress");
  // What `trust.test.ts` looks for in vain is seen while something is fetched.
  expect(processIds(workbench(), "dist/server.mjs").flatMap(internetSockets)).not.toEqual([]);
  await page.locator(".notification-toast a", { hasText: "Pause" }).click();
  await expect
    .poll(() => transferRows(page))
    .toMatch(/ferry-base: Paused at .*\nferry-dpo: Paused/);
});

test("after a crash of the editor it stands there as interrupted, and goes on", async () => {
  const { page } = workbench();
  await expect.poll(() => isWritten(page, /ferry-dpo/)).toBe(true);
  const partBytes = partsBelow(join(models, "kept")).length;
  expect(partBytes).toBe(2);
  const crashed = ["dist/server.mjs", "--type=extensionHost"].flatMap((script) =>
    processIds(workbench(), script),
  );
  for (const id of crashed) process.kill(id, "SIGKILL");
  await workbench().reload();
  const interrupted = /Getting ferry-1m-f32-dpo was interrupted at [1-9]\d? %/;
  await expect.poll(async () => (await notifications(page)).join("\n")).toMatch(interrupted);
  await expect
    .poll(() => transferRows(page))
    .toMatch(/ferry-base: Paused at .*\nferry-dpo: Paused/);
  await keepScreenshot(workbench(), "get-pair-interrupted");
  await hub.forget();
  await hub.setFaults("harbour/ferry-GGUF/ferry-base.gguf", {});
  await hub.setFaults("harbour/ferry-GGUF/ferry-dpo.gguf", {});
  await pressNotification(page, "was interrupted", "Resume");
  expect(await statusOf(page, "PPL")).toMatch(/^ferry-1m-f32-dpo: /);
  await expect.poll(async () => (await paintedRanges(page)).length).toBeGreaterThan(0);
  expect((await notifications(page)).join("\n")).toContain("Both models tokenize alike");
  await keepScreenshot(workbench(), "get-pair-done");
});

test("what has come is what was wanted, verified, and nothing was fetched twice", async () => {
  const folder = join(models, "kept", "harbour", "ferry-GGUF");
  for (const [name, content, by] of [
    ["ferry-base", base, "catalogue"],
    ["ferry-dpo", rlhf, "hub"],
  ] as const) {
    const file = join(folder, `${name}.gguf`);
    expect(readFileSync(file).equals(content)).toBe(true);
    const record = JSON.parse(readFileSync(`${file}.twinlens-model.json`, "utf8")) as object;
    expect(record).toMatchObject({ name, verifiedBy: by });
  }
  expect(partsBelow(models)).toEqual([]);
  const ranges = (await hub.requests())
    .filter(({ at }) => at === "storage")
    .map(({ headers }) => headers["range"]);
  expect(ranges).toHaveLength(2);
  for (const range of ranges) expect(range).toMatch(/^bytes=[1-9]\d*-/);
});

test("a file that is gone from the hub is explained, and can be given up", async () => {
  const { page } = workbench();
  await getOne("lost-sft");
  const text = async () => (await notifications(page)).join("\n");
  await expect.poll(text).toContain("There is no such file (404)");
  await expect.poll(() => transferRows(page)).toMatch(/lost-sft: Failed/);
  await runCommand(workbench(), "Twinlens: Cancel Download");
  await expect.poll(() => transferRows(page)).toBe("");
});

test("a gated model asks for a token, which then stands nowhere", async () => {
  const { page } = workbench();
  await runCommand(workbench(), "Notifications: Clear All Notifications");
  await traceEverything();
  await getOne("gated-dpo");
  await pressNotification(page, "wants a token", "Set Token…");
  const input = page.locator(".quick-input-widget input.input");
  await input.fill(TOKEN);
  await keepScreenshot(workbench(), "get-pair-token");
  await input.press("Enter");
  const text = async () => (await notifications(page)).join("\n");
  await expect.poll(text).toContain("gated-dpo is on this machine now.");
  const sent = (await hub.requests()).filter(({ headers }) =>
    JSON.stringify(headers).includes(TOKEN),
  );
  expect(new Set(sent.map(({ at }) => at))).toEqual(new Set(["hub"]));
  expect(sent.every(({ url }) => url.includes("gated-dpo"))).toBe(true);
  for (const file of [...filesBelow(workbench().home), ...filesBelow(models)]) {
    expect(readFileSync(file).includes(TOKEN), file).toBe(false);
  }
  expect(workbench().log.join("\n")).not.toContain(TOKEN);
});

/** Transfers in the view Models, a line each. */
async function transferRows(page: Page): Promise<string> {
  const rows = await sidebar(page, "Twinlens", "Models");
  return rows
    .filter(({ label }) => /^(ferry|lost|gated)-\w+$/.test(label))
    .map(({ label, description }) => `${label}: ${description}`)
    .join("\n");
}

/** Has every log say all it can. What the messages to the language server hold is `serverModelFiles.test.ts`'s affair: this editor writes no files of its logs. */
async function traceEverything(): Promise<void> {
  await runCommand(workbench(), "Developer: Set Log Level...");
  await pick(workbench(), "Trace");
}

/** Gets one model of the catalogue. */
async function getOne(name: string): Promise<void> {
  const { page } = workbench();
  await runCommand(workbench(), "Twinlens: Get a Pair of Models…");
  await pick(workbench(), "One Model of the Catalogue…");
  await pick(workbench(), name);
  await page.locator(".monaco-dialog-box").getByText("Download", { exact: true }).click();
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function partsBelow(folder: string): string[] {
  return existsSync(folder) ? filesBelow(folder).filter((file) => file.endsWith(".part")) : [];
}
