import { commands, window } from "vscode";
import * as z from "zod/mini";
import { notificationText } from "../../analysis/presentation/notificationText";
import { DocumentRequest } from "../../protocol/documents";
import type { App } from "../app";
import { reveal } from "../editor/reveal";
import type { Server } from "../connection/server";

export function nextDivergence(app: App, server: Server): Promise<void> {
  return goToDivergence(app, server, "next");
}

export function previousDivergence(app: App, server: Server): Promise<void> {
  return goToDivergence(app, server, "previous");
}

async function goToDivergence(
  app: App,
  server: Server,
  direction: "next" | "previous",
): Promise<void> {
  const editor = app.editor.get();
  if (editor === undefined) return;
  const { document, selection } = editor;
  const uri = document.uri.toString();
  const offset = document.offsetAt(direction === "next" ? selection.end : selection.start);
  const divergence = await server.request(DocumentRequest.divergence, { uri, offset, direction });
  if (divergence === null) {
    void window.showInformationMessage(
      notificationText(
        `There is no ${direction === "next" ? "further" : "earlier"} span on which the models differ.`,
      ),
    );
    return;
  }
  await reveal(uri, divergence.range);
  await commands.executeCommand("editor.action.showHover");
}

const revealArguments = z.lazy(() =>
  z.tuple([
    z.string(),
    z.object({ start: z.int().check(z.gte(0)), endExclusive: z.int().check(z.gte(0)) }),
  ]),
);

/** Arguments: a document's URI and a range of it. */
export async function revealRange(_app: App, ...argumentList: unknown[]): Promise<void> {
  const [uri, range] = revealArguments.parse(argumentList);
  await reveal(uri, range);
}
