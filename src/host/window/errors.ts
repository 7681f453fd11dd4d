import { commands, type LogOutputChannel, window } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import { ServerDown } from "../connection/server";

/** A button under an error that leads to what helps. */
interface Remedy {
  readonly title: string;
  readonly command: string;
  readonly argument?: string;
}

const chooseAnotherPair: Remedy = { title: "Choose Another Pair", command: "twinlens.choosePair" };
const openLog: Remedy = { title: "Open Log", command: "twinlens.showLog" };
const openSettings: Remedy = {
  title: "Open Settings",
  command: "workbench.action.openSettings",
  argument: "twinlens.window",
};
const chooseTemplate: Remedy = {
  title: "Choose Template",
  command: "workbench.action.openSettings",
  argument: "twinlens.chatTemplate",
};

const chooseAdapter: Remedy = {
  title: "Choose Another Adapter",
  command: "twinlens.chooseAdapter",
};

/** What helps against an engine's error, by its name; anything else is for the log. */
const remedies: Readonly<Record<string, readonly Remedy[]>> = {
  NotGguf: [chooseAnotherPair],
  Truncated: [chooseAnotherPair],
  UnsupportedArchitecture: [chooseAnotherPair],
  UnsupportedTokenizer: [chooseAnotherPair],
  EmbeddingOnly: [chooseAnotherPair],
  NotFirstPart: [chooseAnotherPair],
  FileVanished: [chooseAnotherPair],
  FileUnreadable: [chooseAnotherPair],
  AdapterUnreadable: [chooseAdapter, chooseAnotherPair],
  AdapterMismatch: [chooseAdapter, chooseAnotherPair],
  NoChatTemplate: [chooseAnotherPair],
  TemplateFailed: [chooseTemplate, chooseAnotherPair],
  NoDistribution: [chooseAnotherPair, openLog],
  LoadFailed: [chooseAnotherPair, openLog],
  OutOfMemory: [chooseAnotherPair, openLog],
  ContextTooSmall: [openSettings],
  TextTooShort: [openSettings],
  StretchTooLong: [chooseAnotherPair],
};

const shown = new Set<string>();

/** Logs an error and shows it, unless the same message is already on screen or the user need not see it. */
export async function showError(log: LogOutputChannel, error: unknown): Promise<void> {
  if (isSilent(error)) return;
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const message = firstLine(error);
  if (shown.has(message)) return;
  shown.add(message);
  const actions = remedies[errorCode(error) ?? ""] ?? [openLog];
  const action = await window.showErrorMessage(notificationText(message), ...actions);
  shown.delete(message);
  if (action) await commands.executeCommand(action.command, action.argument);
}

/** LSP's error codes for cancelled requests. */
const cancelCodes: readonly unknown[] = [
  -32800, // RequestCancelled
  -32801, // ContentModified
  -32802, // ServerCancelled
];

/** Error codes of JSON-RPC for requests that the connection's end left without an answer. */
const endCodes: readonly unknown[] = [
  -32097, // PendingResponseRejected
  -32099, // MessageWriteError
];

export function isCancelled(error: unknown): boolean {
  return cancelCodes.includes(field(error, "code"));
}

/** The server ended before it answered, which has a message of its own. */
export function isEndOfServer(error: unknown): boolean {
  return error instanceof ServerDown || endCodes.includes(field(error, "code"));
}

function isSilent(error: unknown): boolean {
  return isEndOfServer(error) || isCancelled(error);
}

/** The server sends the name of an error of the engine's or of a transfer's as the response's data. */
export function errorCode(error: unknown): string | null {
  const code = field(field(error, "data"), "code");
  return typeof code === "string" ? code : null;
}

/** What an error says, without what a library may have added on further lines. */
export function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
