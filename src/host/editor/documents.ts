/** URI scheme of the cells of notebooks. */
export const NOTEBOOK_CELL = "vscode-notebook-cell";

/** Documents that are not text files, and the message when one of them is to be read. */
const refusals: Readonly<Record<string, string>> = {
  output: "Output changes by itself, and is not read. Copy the text into a new file.",
  [NOTEBOOK_CELL]: "Notebooks are not read yet. Copy the cell's text into a new file.",
  "vscode-interactive-input": "Notebooks are not read yet. Copy the cell's text into a new file.",
  comment: "Comments are not read. Copy the text into a new file.",
};

/** Why a document with this URI scheme is not read; null: it is. */
export function refusal(scheme: string): string | null {
  return refusals[scheme] ?? null;
}
