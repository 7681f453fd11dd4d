import { type Command, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";

/** One row of a tree view, as plain data. */
export interface Row {
  readonly label: string;
  readonly description?: string;
  /** Shown when pointed at, read out after label and description; by default those in full, as there may be no room. */
  readonly tooltip?: string;
  /** A codicon's name, and a theme colour's. */
  readonly icon?: string;
  readonly color?: string;
  /** Run by a click. */
  readonly command?: Command;
  /** What the manifest's menus ask for. */
  readonly context?: string;
  /** Stays what it is when its texts change: the row keeps its focus, and is open or closed as the user left it. */
  readonly id?: string;
  /** Of the transfer, and of the model's file: what a menu's command is for. */
  readonly source?: string;
  readonly path?: string;
  readonly children?: readonly Row[];
  /** Children are hidden until asked for. */
  readonly isClosed?: boolean;
}

/** A row as VS Code wants it. */
export function treeItem(row: Row): TreeItem {
  const { label, description, tooltip, icon, color, command, context, id } = row;
  const item = new TreeItem(label, collapsibleState(row));
  const text = [label, description].filter(Boolean).join(": ");
  item.tooltip = tooltip ?? text;
  // VS Code reads out a tooltip in place of the row.
  item.accessibilityInformation = { label: [text, tooltip].filter(Boolean).join("\n") };
  if (description !== undefined) item.description = description;
  if (icon !== undefined)
    item.iconPath = new ThemeIcon(icon, color ? new ThemeColor(color) : undefined);
  if (command !== undefined) item.command = command;
  if (context !== undefined) item.contextValue = context;
  if (id !== undefined) item.id = id;
  return item;
}

function collapsibleState({ children = [], isClosed = false }: Row): TreeItemCollapsibleState {
  if (children.length === 0) return TreeItemCollapsibleState.None;
  return isClosed ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.Expanded;
}
