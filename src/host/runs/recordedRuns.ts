import { commands, Uri, ViewColumn, workspace } from "vscode";
import * as z from "zod/mini";
import { plainLabel } from "../../analysis/presentation/format";
import { readText } from "./runPanel";

/** A run that comes with Twinlens. */
export interface RecordedRun {
  readonly uri: Uri;
  readonly name: string;
  /** What it shows. */
  readonly about: string;
}

const headSchema = z.looseObject({ name: z.string(), about: z.looseObject({ text: z.string() }) });

/** In the order of their files' names. */
export async function recordedRuns(extensionUri: Uri): Promise<RecordedRun[]> {
  const folder = Uri.joinPath(extensionUri, "sample", "runs");
  const entries = await workspace.fs.readDirectory(folder);
  const files = entries.map(([name]) => name).filter((name) => name.endsWith(".twinlens.json"));
  return Promise.all(
    files.sort().map(async (file) => {
      const uri = Uri.joinPath(folder, file);
      const { name, about } = headSchema.parse(JSON.parse(await readText(uri)));
      return { uri, name: plainLabel(name), about: about.text };
    }),
  );
}

/** Nothing that is done with it changes the file. */
export async function openRecorded(
  { uri }: RecordedRun,
  column = ViewColumn.Active,
): Promise<void> {
  await commands.executeCommand("vscode.openWith", uri, "twinlens.run", column);
}
