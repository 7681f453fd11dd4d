import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { installEditorHost } from "../../scripts/editorHost.mjs";
import { startEditorServer } from "../../scripts/editorServer.mjs";
import { launchBrowser } from "./browser";
import { patience } from "./patience";
import { waitUntil } from "./waitUntil";
import { recordNotifications } from "./workbenchNotifications";

type EditorServer = Awaited<ReturnType<typeof startEditorServer>>;

export interface WorkbenchOptions {
  /** Which VS Code: the newest one tried, or the oldest one promised. */
  readonly host?: "current" | "oldest";
  /** Copied, so that a test may write into it. */
  readonly folder: string;
  /** File of `folder` to open. */
  readonly openFile?: string;
  /** User settings beside those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of machine scope, for instance pairs of models. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Ask for trust in the folder, as VS Code does by default; otherwise it is trusted. */
  readonly workspaceTrust?: boolean;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The extension, an unpacked folder or a .vsix; this repository when absent. */
  readonly extension?: string;
}

/** A VS Code window on a server of its own. */
export interface Workbench {
  readonly page: Page;
  readonly server: EditorServer;
  /** The server's folder: `extensions`, `user` and more. */
  readonly home: string;
  /** The copy of the folder that is open. */
  readonly folder: string;
  /** Console and server output so far. */
  readonly log: readonly string[];
  /** Loads the window again and waits for it. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.editor.enablePreview": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  "npm.autoDetect": "off",
  "files.autoSave": "off",
  "files.hotExit": "off",
  "files.simpleDialog.enable": true,
  "window.confirmBeforeClose": "never",
  "editor.minimap.enabled": false,
  "editor.occurrencesHighlight": "off",
  "editor.hover.delay": 100,
} as const;

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const log: string[] = [];
  const home = await mkdtemp(join(tmpdir(), "twinlens-e2e-"));
  const folder = join(home, "work", basename(options.folder));
  await cp(options.folder, folder, { recursive: true });
  const workspaceTrust = options.workspaceTrust ?? false;
  const server = await startEditorServer({
    host: await installEditorHost(options.host ?? "current", console.log),
    home,
    settings: {
      ...quietSettings,
      "security.workspace.trust.enabled": workspaceTrust,
      ...options.settings,
    },
    machineSettings: { ...options.machineSettings },
    workspaceTrust,
    extension: options.extension ?? resolve("."),
    env: { ...options.env, HOME: home },
    log: (line) => log.push(`server: ${line}`),
  });
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    browser = await launchBrowser();
    const page = await newPage(browser, log);
    const openFile = options.openFile ? join(folder, options.openFile) : undefined;
    await page.goto(server.windowUrl(folder, openFile));
    await restored(page, openFile);
    const reload = async () => {
      await page.reload();
      await restored(page, openFile);
    };
    return { page, server, home, folder, log, reload, close };
  } catch (error) {
    await writeArtefact("not-opened.log", log.join("\n"));
    await close();
    throw error;
  }
}

/** Keeps a picture of the window under `test-results/screenshots`, for people to look at. */
export async function keepScreenshot({ page }: Workbench, name: string): Promise<void> {
  await page.screenshot({ path: join(artefactFolder, "screenshots", `${name}.png`) });
}

/** Runs a command by its title in the palette, for instance `Twinlens: Highlight Document`. */
export async function runCommand({ page }: Workbench, title: string): Promise<void> {
  const label = page.locator(".label-name").getByText(title, { exact: true });
  const row = page.locator(".quick-input-list .monaco-list-row").filter({ has: label }).first();
  await searchQuickInput(page, "F1", `>${title}`, () => row.click({ timeout: patience(2000) }));
}

/** Titles that the palette lists for a search. */
export async function searchCommands({ page }: Workbench, search: string): Promise<string[]> {
  const labels = page.locator(".quick-input-list .label-name", { hasText: search });
  await searchQuickInput(page, "F1", `>${search}`, () =>
    labels.first().waitFor({ timeout: patience(2000) }),
  );
  const titles = await labels.allTextContents();
  await page.keyboard.press("Escape");
  return titles;
}

/** Picks the entry of an open list, for instance of views, by its label. */
export async function pick({ page }: Workbench, label: string): Promise<void> {
  const row = page.locator(".quick-input-list .monaco-list-row");
  const wanted = row.filter({ has: page.getByText(label, { exact: true }) }).first();
  await row.first().waitFor();
  // A long list holds only the rows on screen.
  await page.locator(quickInput).fill(label);
  await wanted.click();
}

/** Opens a file of the folder by the quick open box and puts the cursor into it. */
export async function openFile({ page }: Workbench, name: string): Promise<void> {
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
  const tab = page.locator(".tab.active", { hasText: name });
  // A box that closes under the click has opened nothing.
  await searchQuickInput(page, "Control+P", name, async () => {
    await row.click({ timeout: patience(2000) });
    await tab.waitFor({ timeout: patience(5000) });
  });
  await page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
}

async function newPage(browser: Browser, log: string[]): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience(90_000));
  page.on("console", (message) => log.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => log.push(`page error: ${error.message}`));
  await page.addInitScript(recordNotifications);
  return page;
}

const quickInput = ".quick-input-widget input.input";

/**
 * Opens the palette or the quick open box and searches until `use` of the list succeeds: a key pressed while the window
 * still starts is lost, a list does not grow by commands that come late, and one that loses the focus closes.
 */
async function searchQuickInput(
  page: Page,
  key: string,
  search: string,
  use: () => Promise<void>,
): Promise<void> {
  const attempt = async () => {
    await page.keyboard.press(key);
    await page.locator(quickInput).fill(search, { timeout: patience(2000) });
    await use();
  };
  const attemptOrEscape = () =>
    attempt().then(
      () => true,
      () => page.keyboard.press("Escape").then(() => false),
    );
  await waitUntil(`"${search}" is found`, attemptOrEscape);
}

/** Waits for the window's parts and for the file's text. */
async function restored(page: Page, file: string | undefined): Promise<void> {
  await page
    .locator(".monaco-workbench .statusbar-item")
    .first()
    .waitFor({ timeout: patience(120_000) });
  if (file)
    await page
      .locator(".monaco-editor .view-line")
      .first()
      .waitFor({ timeout: patience(120_000) });
}

/** What people look at after a run. */
export const artefactFolder = resolve("test-results");

export async function writeArtefact(name: string, text: string): Promise<void> {
  const file = join(artefactFolder, name);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, text);
}
