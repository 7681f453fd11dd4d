import { QuickPickItemKind, Uri, window, workspace } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { App } from "../app";
import { saveNamed } from "../window/files";
import { fileName } from "../panels/page";
import { openRecorded, recordedRuns } from "../runs/recordedRuns";
import type { SavedRun } from "../views/runsView";

/** Takes a prompt (selection, document or typed) and shows how both models' samples of it run. */
export async function analyzeAnchors(app: App): Promise<void> {
  const prompt = await askForPrompt(app);
  if (prompt !== undefined && prompt.trim() !== "") app.runs.start(prompt);
}

/** The document's text is offered as it is, a selection first; typing is always possible. */
async function askForPrompt(app: App): Promise<string | undefined> {
  const editor = app.editor.get();
  const selection =
    editor && !editor.selection.isEmpty ? editor.document.getText(editor.selection) : "";
  const whole = editor?.document.getText() ?? "";
  const choices = [
    ...(selection === ""
      ? []
      : [{ label: "$(selection) Selection", detail: firstLine(selection), text: selection }]),
    ...(whole.trim() === ""
      ? []
      : [{ label: "$(file) Document", detail: firstLine(whole), text: whole }]),
    { label: "$(edit) Type a Prompt…", detail: "", text: null },
    { label: "Examples", kind: QuickPickItemKind.Separator, detail: "", text: null },
    ...EXAMPLES.map((text) => ({ label: `$(lightbulb) ${text}`, detail: "", text })),
  ];
  const choice = await window.showQuickPick(choices, { title: "Analyze Anchors: Which Prompt?" });
  if (choice === undefined) return undefined;
  if (choice.text !== null) return choice.text;
  return window.showInputBox({
    title: "Analyze Anchors",
    prompt: "Both models continue this prompt many times.",
    placeHolder: "Tell me a story about a fox.",
  });
}

/** Questions of the kind that RLHF models are made to answer. */
const EXAMPLES = [
  "Tell me a story about a fox.",
  "How can I sleep better?",
  "Write a letter to my landlord about a broken heater.",
  "What should I see in Lisbon in two days?",
];

function firstLine(text: string): string {
  return text.trim().split("\n")[0]!.slice(0, 80);
}

export function openRun(app: App, run?: unknown): void {
  const saved = savedRun(run);
  if (saved) app.runs.open(saved.uri, saved.name);
}

/** Opens one of the runs that come with Twinlens; no model is needed. */
export async function openRecordedRun(app: App): Promise<void> {
  const runs = await recordedRuns(app.extensionUri);
  const items = runs.map((run) => ({ ...run, label: run.name, detail: run.about }));
  const title = "Open a Recorded Run";
  const chosen = await window.showQuickPick(items, { title, matchOnDetail: true });
  if (chosen) await openRecorded(chosen);
}

/** Imports samples from a file, whichever model wrote them: no model runs. */
export async function importSamples(app: App): Promise<void> {
  const [file] =
    (await window.showOpenDialog({
      title: "Import Samples",
      filters: { "Samples or runs": ["jsonl", "json", "txt"], "All files": ["*"] },
    })) ?? [];
  if (!file) return;
  if (file.path.endsWith(".twinlens.json")) return app.runs.import(file);
  const origins = [
    { label: "An RLHF model", role: "rlhf" },
    { label: "A base model", role: "base" },
  ] as const;
  const origin = await window.showQuickPick(origins, { title: "Import Samples: Who Wrote Them?" });
  if (origin) app.runs.import(file, origin.role);
}

export async function renameRun(app: App, run?: unknown): Promise<void> {
  const saved = savedRun(run);
  if (!saved) return;
  const name = await window.showInputBox({ title: "Rename Run", value: saved.name });
  if (name === undefined || name === saved.name) return;
  await app.runs.rename(saved.uri, name);
  app.runsView.refresh();
}

export async function deleteRun(app: App, run?: unknown): Promise<void> {
  const saved = savedRun(run);
  if (!saved) return;
  const confirm = "Delete";
  const answer = await window.showWarningMessage(
    notificationText("Delete this run and its samples?"),
    { modal: true, detail: saved.name },
    confirm,
  );
  if (answer !== confirm) return;
  await app.runs.remove(saved.uri);
  app.runsView.refresh();
}

export async function exportRun(_app: App, run?: unknown): Promise<void> {
  const saved = savedRun(run);
  if (!saved) return;
  const content = await workspace.fs.readFile(saved.uri);
  await saveNamed(`${fileName(saved.name)}.twinlens.json`, "json", content);
}

function savedRun(value: unknown): SavedRun | null {
  const run = value as Partial<SavedRun> | undefined;
  return run?.uri instanceof Uri && typeof run.name === "string" ? (run as SavedRun) : null;
}
