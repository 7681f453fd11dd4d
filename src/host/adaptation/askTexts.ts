import { Uri, window } from "vscode";

/**
 * What a command is to read: what was selected in the explorer, else folders that the user is asked for.
 * @param clicked what the explorer's menu was opened on
 * @param selected all that is selected there
 * @returns paths; undefined: the user wants no more of it
 */
export async function textsOf(
  clicked: unknown,
  selected: unknown,
): Promise<readonly string[] | undefined> {
  const given = [clicked, ...(Array.isArray(selected) ? (selected as unknown[]) : [])];
  const paths = given.flatMap((one) => (one instanceof Uri ? [one.fsPath] : []));
  return paths.length > 0 ? [...new Set(paths)].sort() : askForFolder();
}

/** @returns undefined: the user wants no more of it */
export async function askForFolder(): Promise<readonly string[] | undefined> {
  const chosen = await window.showOpenDialog({
    title: "Adapt to Which Texts?",
    openLabel: "Adapt to These Texts",
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: true,
  });
  return chosen?.map(({ fsPath }) => fsPath).sort();
}
