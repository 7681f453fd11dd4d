import { randomBytes } from "node:crypto";
import { Uri, type Webview } from "vscode";
import { panelHtml } from "./panelHtml";

export type Page = "report" | "anchors" | "study" | "game" | "continue";

/** Fills a webview with one of the panels' bundles; nothing but that bundle can run or be loaded there. */
export function showPage(webview: Webview, extensionUri: Uri, bundle: Page, title: string): void {
  const dist = Uri.joinPath(extensionUri, "dist");
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const script = webview.asWebviewUri(Uri.joinPath(dist, `${bundle}.js`)).toString();
  const nonce = randomBytes(16).toString("base64");
  webview.html = panelHtml(title, script, webview.cspSource, nonce);
}

/** A name from a page as part of a file's name. */
export function fileName(name: string): string {
  return name.replace(/[^\p{Letter}\p{Number}-]+/gu, "-").slice(0, 60) || "chart";
}
