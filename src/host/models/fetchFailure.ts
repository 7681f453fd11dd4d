import { env, type LogOutputChannel, Uri, window } from "vscode";
import { notificationText } from "../../analysis/presentation/notificationText";
import { errorCode, firstLine } from "../window/errors";
import { askForToken } from "./askForToken";
import type { HubToken } from "./hubToken";
import { modelPage } from "./sources";

/** The hub wants to know who asks. */
const ACCESS_CODES: readonly unknown[] = ["unauthorized", "forbidden"];

/** Nothing changes by trying once more. */
const FINAL_CODES: readonly unknown[] = ["address", "notFound"];

/** Says what happened and what helps. Whether to try again: the user has changed something, or just wants to. */
export async function tellOfFailure(
  error: unknown,
  source: string,
  { token, log }: { readonly token: HubToken; readonly log: LogOutputChannel },
): Promise<boolean> {
  log.error(firstLine(error));
  const code = errorCode(error);
  const setToken = "Set Token…";
  const openPage = "Open Page";
  const retry = "Retry";
  const page = modelPage(source);
  const actions = [
    ...(ACCESS_CODES.includes(code) ? [setToken] : []),
    ...(page !== null && [...ACCESS_CODES, "notFound"].includes(code) ? [openPage] : []),
    ...(FINAL_CODES.includes(code) ? [] : [retry]),
  ];
  for (;;) {
    const answer = await window.showErrorMessage(notificationText(firstLine(error)), ...actions);
    if (answer !== openPage || page === null)
      return answer === setToken ? askForToken(token) : answer === retry;
    await env.openExternal(Uri.parse(page));
  }
}
