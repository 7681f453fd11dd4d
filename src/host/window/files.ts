import { homedir } from "node:os";
import { posix } from "node:path";
import { commands, Uri, window, workspace } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";

const kinds = {
  csv: "CSV",
  html: "HTML page",
  json: "JSON",
  jsonl: "JSON lines",
  md: "Markdown",
  png: "PNG picture",
  svg: "SVG picture",
  yaml: "YAML",
} as const;

/**
 * Asks where to save and writes the file: beside `source` and named after it unless the user wants it elsewhere.
 * `part` tells several files of one source apart.
 */
export function saveAs(
  source: Uri,
  extension: keyof typeof kinds,
  content: Uint8Array,
  part = "scores",
): Promise<void> {
  const { dir, name } = posix.parse(source.path);
  const folder = source.scheme === "file" ? source.with({ path: dir }) : defaultFolder();
  return saveNamed(`${name}.${part}.${extension}`, extension, content, folder);
}

/** Asks where to save and writes the file, under this name unless the user chooses another. */
export async function saveNamed(
  name: string,
  extension: keyof typeof kinds,
  content: Uint8Array,
  folder = defaultFolder(),
): Promise<void> {
  const target = await chooseTarget(name, extension, folder);
  if (target === undefined) return;
  await workspace.fs.writeFile(target, content);
  await tellSaved(target);
}

/** Asks where to save. */
export function chooseTarget(
  name: string,
  extension: keyof typeof kinds,
  folder = defaultFolder(),
): Thenable<Uri | undefined> {
  return window.showSaveDialog({
    defaultUri: Uri.joinPath(folder, name),
    // VS Code appends what a filter names to a name that ends otherwise; of two parts it knows the last.
    filters: { [kinds[extension]]: [extension] },
  });
}

/** Says so, and offers to open it. */
export async function tellSaved(target: Uri): Promise<void> {
  const open = "Open";
  const answer = await window.showInformationMessage(
    notificationText(`Saved ${posix.basename(target.path)}.`),
    open,
  );
  if (answer === open) await commands.executeCommand("vscode.open", target);
}

export function defaultFolder(): Uri {
  return workspace.workspaceFolders?.[0]?.uri ?? Uri.file(homedir());
}
