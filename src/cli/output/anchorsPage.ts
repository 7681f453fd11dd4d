import { type Role, ROLES } from "../../protocol/roles";
import type { Findings } from "../../jobs/runs/runWork";
import { RAW_FRAME } from "../../jobs/runs/settings";
import { sampleViews, toRunView } from "../../jobs/runs/views";
import type { AveragesMessage } from "../../protocol/anchorViews";
import type { ToAnchors } from "../../protocol/panels";
import { toChanceView } from "../../report/chanceView";
import { type AnalysedRun, averagesView, type RoleFindings } from "./anchors";
import type { SetChance } from "../runs/chance";

/**
 * One self-contained page with the means over prompts, where there are several, and the figures of every run: the
 * anchors panel itself, with a host that answers from what is in the page. Nothing would answer the sliders,
 * so they are left out.
 * @param panel the panel's script, `dist/anchors.js`
 * @param chance that of all prompts together
 */
export function toAnchorsPage(
  runs: readonly AnalysedRun[],
  panel: string,
  chance: SetChance = {},
): string {
  const conversations = runs.map((analysed) => ({
    name: analysed.run.prompt || analysed.run.name,
    messages: messagesOf(analysed),
  }));
  const averages: AveragesMessage[] =
    runs.length > 1 ? [{ type: "averages", averages: averagesView(runs, chance) }] : [];
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Twinlens anchors</title>
    <style>${THEME}</style>
  </head>
  <body>
    <nav><label>Prompt <select id="prompts"></select></label></nav>
    <script type="application/json" id="averages">${inScript(JSON.stringify(averages))}</script>
    <script type="application/json" id="conversations">${inScript(JSON.stringify(conversations))}</script>
    <script>${HOST}</script>
    <script>${panel}</script>
  </body>
</html>
`;
}

/** What the host says to the panel of a finished run. */
function messagesOf({ run, roles }: AnalysedRun): ToAnchors[] {
  const options = Object.values(roles)[0]?.anchors.options;
  if (options === undefined) return [];
  const messages: ToAnchors[] = [{ type: "show", run: toRunView(run, options, RAW_FRAME) }];
  for (const role of ROLES) {
    const [found, drawn] = [roles[role], run[role]];
    if (!found || !drawn) continue;
    messages.push(
      { type: "samples", role, first: 0, samples: sampleViews(drawn.samples, role) },
      ...findingsMessages(found),
      ...(found.mafft ? findingsMessages(found.mafft) : []),
      ...chanceMessages(role, found.chance),
    );
  }
  return [...messages, { type: "progress", progress: { kind: "done" } }];
}

function findingsMessages({ role, aligner, alignment, anchors }: Findings): ToAnchors[] {
  return [
    { type: "alignment", role, aligner, alignment },
    { type: "anchors", role, aligner, anchors },
  ];
}

function chanceMessages(role: Role, chance: RoleFindings["chance"]): ToAnchors[] {
  return chance === null ? [] : [{ type: "chance", role, chance: toChanceView(chance) }];
}

/** JSON that can't end its script element: a text from a model is data, whatever it holds. */
function inScript(json: string): string {
  return json
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** Stands in for VS Code: marks the theme, sends the chosen run's messages, and saves what the panel wants saved. */
const HOST = `
const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => { document.body.className = dark.matches ? "vscode-dark" : "vscode-light"; };
dark.addEventListener("change", followScheme);
followScheme();
const dataOf = (id) => JSON.parse(document.getElementById(id).textContent);
const conversations = dataOf("conversations");
const prompts = document.getElementById("prompts");
conversations.forEach(({ name }, i) => prompts.append(new Option(name.slice(0, 100), String(i))));
prompts.parentElement.parentElement.hidden = conversations.length < 2;
const say = (messages) => { for (const message of messages) window.postMessage(message, "*"); };
const show = () => say(conversations[Number(prompts.value || 0)].messages);
prompts.addEventListener("change", show);
const save = (name, url) => Object.assign(document.createElement("a"), { href: url, download: name }).click();
window.acquireVsCodeApi = () => ({
  postMessage({ number, request }) {
    if (request.type === "ready") {
      say(dataOf("averages"));
      show();
    }
    if (request.type === "savePng") save(request.name + ".png", "data:image/png;base64," + request.data);
    if (request.type === "saveText") {
      save(request.name + "." + request.format, URL.createObjectURL(new Blob([request.text])));
    }
    say([{ type: "answer", number, error: null }]);
  },
});
`;

/** The colours that a theme of VS Code would give. */
const THEME = `
:root {
  color-scheme: light dark;
  --vscode-font-family: system-ui, sans-serif; --vscode-font-size: 13px;
  --vscode-editor-font-family: ui-monospace, monospace;
  --vscode-editor-background: #ffffff; --vscode-foreground: #3b3b3b;
  --vscode-descriptionForeground: #5f5f5f; --vscode-panel-border: #e5e5e5;
  --vscode-focusBorder: #005fb8; --vscode-textLink-foreground: #005fb8;
  --vscode-editorWidget-background: #f8f8f8; --vscode-list-inactiveSelectionBackground: #e4e6f1;
  --vscode-progressBar-background: #005fb8; --vscode-errorForeground: #a1260d;
  --vscode-dropdown-background: var(--vscode-editorWidget-background);
  --vscode-dropdown-foreground: var(--vscode-foreground); --vscode-dropdown-border: var(--vscode-panel-border);
  --vscode-input-background: var(--vscode-editorWidget-background);
  --vscode-input-foreground: var(--vscode-foreground); --vscode-input-placeholderForeground: var(--vscode-descriptionForeground);
  --vscode-button-secondaryBackground: var(--vscode-list-inactiveSelectionBackground);
  --vscode-button-secondaryHoverBackground: var(--vscode-panel-border); --vscode-button-secondaryForeground: var(--vscode-foreground);
  --vscode-list-activeSelectionBackground: var(--vscode-list-inactiveSelectionBackground);
  --vscode-list-activeSelectionForeground: var(--vscode-foreground); --vscode-list-hoverBackground: var(--vscode-panel-border);
  --vscode-panelTitle-activeForeground: var(--vscode-foreground); --vscode-panelTitle-activeBorder: var(--vscode-foreground);
  --vscode-panelTitle-inactiveForeground: var(--vscode-descriptionForeground);
}
@media (prefers-color-scheme: dark) {
  :root {
    --vscode-editor-background: #1f1f1f; --vscode-foreground: #cccccc;
    --vscode-descriptionForeground: #9d9d9d; --vscode-panel-border: #2b2b2b;
    --vscode-focusBorder: #0078d4; --vscode-textLink-foreground: #4daafc;
    --vscode-editorWidget-background: #202020; --vscode-list-inactiveSelectionBackground: #37373d;
    --vscode-progressBar-background: #0078d4; --vscode-errorForeground: #f85149;
  }
}
body { background: var(--vscode-editor-background); color: var(--vscode-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
nav { max-width: 1160px; margin: 0 auto; padding: 12px clamp(16px, 4vw, 40px) 0; }
/* What needs a program behind the page; the panel's own styles come later. */
.controls, .head .scoring, .list .link { display: none !important; }
`;
