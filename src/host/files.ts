import { posix } from "node:path";
import { commands, Uri, window, workspace } from "vscode";

const kinds = { csv: "CSV", json: "JSON", png: "PNG picture", svg: "SVG picture" } as const;

/**
 * Asks where to save and writes the file: beside `source` and named after it unless the user wants it elsewhere.
 * `part` tells several files of one source apart.
 */
export async function saveAs(
  source: Uri,
  extension: keyof typeof kinds,
  content: Uint8Array,
  part = "scores",
): Promise<void> {
  const target = await window.showSaveDialog({
    defaultUri: suggestion(source, `${part}.${extension}`),
    filters: { [kinds[extension]]: [extension] },
  });
  if (target === undefined) return;
  await workspace.fs.writeFile(target, content);
  const open = "Open";
  const answer = await window.showInformationMessage(`Saved ${posix.basename(target.path)}.`, open);
  if (answer === open) await commands.executeCommand("vscode.open", target);
}

function suggestion(source: Uri, ending: string): Uri {
  const { dir, name } = posix.parse(source.path);
  const folder =
    source.scheme === "file" ? source.with({ path: dir }) : workspace.workspaceFolders?.[0]?.uri;
  return Uri.joinPath(folder ?? Uri.file(posix.sep), `${name}.${ending}`);
}
