/** A panel's bundle in a real Chromium page, under the policy and the theme that VS Code would give it. */
import { mkdir, readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import type { Numbered, PanelAnswer } from "../../src/protocol/panels";
import { panelHtml } from "../../src/host/panels/panelHtml";
import type { PanelTheme } from "./themes";
import { patience } from "../support/patience";

const ORIGIN = "http://panel.test";
const NONCE = "b3BlbnNlc2FtZQ";

export interface PanelPage<Incoming, Outgoing extends { readonly type: string }> {
  readonly page: Page;
  readonly send: (message: Incoming) => Promise<void>;
  /** Answers the newest request of a type, which is waited for; with an error where there is one. */
  readonly answer: (type: Outgoing["type"], error?: string) => Promise<void>;
  /** What the panel has asked for so far. */
  readonly posted: () => Promise<readonly Outgoing[]>;
  /** Empties what {@link posted} gives. */
  readonly forget: () => Promise<void>;
  /** The first request of a type, waited for. */
  readonly waitFor: <T extends string>(type: T) => Promise<Extract<Outgoing, { type: T }>>;
  readonly setTheme: (theme: PanelTheme) => Promise<void>;
  /** Errors of the page and breaches of the policy; none are expected. */
  readonly complaints: readonly string[];
}

declare global {
  interface Window {
    posted: { type: string }[];
    unanswered: Numbered<{ type: string }>[];
  }
}

export async function openPanel<Incoming, Outgoing extends { readonly type: string }>(
  browser: Browser,
  bundle: "report" | "anchors" | "study" | "game" | "continue",
  theme: PanelTheme,
  viewport = { width: 1200, height: 900 },
): Promise<PanelPage<Incoming, Outgoing>> {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(patience(30_000));
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const files: Record<string, { contentType: string; body: string }> = {
    "/": { contentType: "text/html; charset=utf-8", body: html(bundle) },
    "/theme.js": {
      contentType: "text/javascript",
      body: `(${String(applyTheme)})(${JSON.stringify(theme)})`,
    },
    "/panel.js": {
      contentType: "text/javascript; charset=utf-8",
      body: await readFile(new URL(`../../dist/${bundle}.js`, import.meta.url), "utf8"),
    },
  };
  await page.route(`${ORIGIN}/**`, (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return route.fulfill(file ?? { status: 404 });
  });
  await page.addInitScript(installFakeHost);
  await page.goto(`${ORIGIN}/`);

  const posted = async () =>
    (await page.evaluate(() => window.posted)) as readonly {
      type: string;
    }[] as readonly Outgoing[];
  return {
    page,
    complaints,
    posted,
    forget: () => page.evaluate(() => void (window.posted = [])),
    answer: async (type, error) => {
      const isThere = (wanted: string) =>
        window.unanswered.some(({ request }) => request.type === wanted);
      await page.waitForFunction(isThere, type);
      await page.evaluate(answerRequest, { type, error: error ?? null });
    },
    send: (message) => page.evaluate((data) => window.postMessage(data, "*"), message),
    waitFor: async (type) => {
      await page.waitForFunction((wanted) => window.posted.some((m) => m.type === wanted), type);
      return (await posted()).find((message) => message.type === type) as never;
    },
    setTheme: (next) => page.evaluate(applyTheme, next),
  };
}

/** Keeps a picture of the whole page to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir("test-results/screenshots", { recursive: true });
  await page.screenshot({ path: `test-results/screenshots/${name}.png`, fullPage: true });
}

/** The extension host's own page, with the theme set before the panel's script runs. */
function html(title: string): string {
  const page = panelHtml(title, `${ORIGIN}/panel.js`, ORIGIN, NONCE);
  return page.replace("<body>", `<body><script nonce="${NONCE}" src="/theme.js"></script>`);
}

/** Runs in the page: VS Code's interface, with what was posted kept for the test. */
function installFakeHost(): void {
  window.posted = [];
  window.unanswered = [];
  const api = {
    postMessage: (message: Numbered<{ type: string }>) => {
      const { number, request } = structuredClone(message);
      window.posted.push(request);
      window.unanswered.push({ number, request });
    },
    getState: () => undefined,
    setState: <T>(state: T) => state,
  };
  Object.assign(window, { acquireVsCodeApi: () => api });
}

/** Runs in the page: the host's answer to the newest request of a type. */
function answerRequest({ type, error }: { type: string; error: string | null }): void {
  const at = window.unanswered.findLastIndex(({ request }) => request.type === type);
  const [{ number }] = window.unanswered.splice(at, 1) as [Numbered<unknown>];
  window.postMessage({ type: "answer", number, error } satisfies PanelAnswer, "*");
}

/** Runs in the page: what VS Code does to a webview when the theme is set. */
function applyTheme({ bodyClass, variables }: PanelTheme): void {
  const { style } = document.documentElement;
  for (const name of Array.from(style)) style.removeProperty(name);
  for (const [name, value] of Object.entries(variables)) {
    style.setProperty(`--vscode-${name}`, value);
  }
  document.body.className = bodyClass;
}
