import { window, workspace } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { App } from "../app";
import { fileName } from "../panels/page";
import { openRecorded, recordedRuns } from "../runs/recordedRuns";
import { nameSet, type RunSet, savedEntry, type SavedRun } from "../runs/savedRuns";
import { setSamples } from "../runs/setSamples";
import { saveNamed } from "../window/files";

export function openRun(app: App, entry?: unknown): void {
  const saved = savedEntry(entry);
  if (saved?.kind === "run") app.runs.open(saved.uri, saved.name);
}

/** Opens one of the runs that come with Twinlens; no model is needed. */
export async function openRecordedRun(app: App): Promise<void> {
  const runs = await recordedRuns(app.extensionUri);
  const items = runs.map((run) => ({ ...run, label: run.name, detail: run.about }));
  const title = "Open a Recorded Run";
  const chosen = await window.showQuickPick(items, { title, matchOnDetail: true });
  if (chosen) await openRecorded(chosen);
}

export async function renameRun(app: App, entry?: unknown): Promise<void> {
  const saved = savedEntry(entry);
  if (!saved) return;
  const title = saved.kind === "run" ? "Rename Run" : "Rename Set of Runs";
  const name = await window.showInputBox({ title, value: saved.name });
  if (name === undefined || name === saved.name) return;
  if (saved.kind === "run") await app.runs.rename(saved.uri, name);
  else await nameSet(saved.uri, name, saved.created);
  app.runsView.refresh();
}

export async function deleteRun(app: App, entry?: unknown): Promise<void> {
  const saved = savedEntry(entry);
  if (!saved) return;
  const runs = await runsOf(app, saved);
  const what =
    saved.kind === "run"
      ? "Delete this run and its samples?"
      : `Delete these ${runs.length} runs and their samples?`;
  const confirm = "Delete";
  const answer = await window.showWarningMessage(
    notificationText(what),
    { modal: true, detail: saved.name },
    confirm,
  );
  if (answer !== confirm) return;
  for (const { uri } of runs) await app.runs.remove(uri);
  if (saved.kind === "set") await workspace.fs.delete(saved.uri, { recursive: true });
  app.runsView.refresh();
}

/** A run as its file, a set as JSON lines of its samples, which other programs and *Import Samples* read. */
export async function exportRun(app: App, entry?: unknown): Promise<void> {
  const saved = savedEntry(entry);
  if (!saved) return;
  const name = fileName(saved.name);
  if (saved.kind === "run") {
    const content = await workspace.fs.readFile(saved.uri);
    await saveNamed(`${name}.twinlens.json`, "json", content);
  } else {
    const samples = await setSamples(await runsOf(app, saved));
    await saveNamed(`${name}.jsonl`, "jsonl", Buffer.from(samples));
  }
}

async function runsOf(app: App, entry: SavedRun | RunSet): Promise<SavedRun[]> {
  if (entry.kind === "run") return [entry];
  const entries = await app.runsView.getChildren(entry);
  return entries.filter((one) => one.kind === "run");
}
