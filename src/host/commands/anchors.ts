import { QuickPickItemKind, window } from "vscode";
import type { App } from "../app";

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
