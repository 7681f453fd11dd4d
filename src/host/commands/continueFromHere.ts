import { posix } from "node:path";
import { type TextDocument, Uri, window, workspace } from "vscode";
import * as z from "zod/mini";
import { notificationText } from "../../analysis/presentation/notificationText";
import { placeAt, placeOfCursor } from "../../analysis/continuations/place";
import { DocumentRequest } from "../../protocol/documents";
import { ROLES } from "../../protocol/roles";
import type { App } from "../app";
import type { Server } from "../connection/server";
import type { Start } from "../continuation/continuations";
import { sliceable } from "../continuation/textPlaces";
import { offerSample, whyNot } from "./highlight";

const count = () => z.int().check(z.gte(0));
const place = z.lazy(() => z.tuple([z.string(), z.int(), count()]));
const alternative = z.lazy(() => z.tuple([z.string(), z.int(), z.enum(ROLES), count(), count()]));

/**
 * Draws continuations of the text before the cursor. Arguments, from a hover's links: document, its version, and an offset; or
 * role, token and number of an alternative that every continuation begins with. Never text.
 */
export async function continueFromHere(
  app: App,
  server: Server,
  ...argumentList: unknown[]
): Promise<void> {
  const start =
    argumentList.length <= 1
      ? await atCursor(app)
      : argumentList.length === 3
        ? atOffset(...place.parse(argumentList))
        : await atAlternative(server, ...alternative.parse(argumentList));
  if (start === null) return;
  const { continuations, continuationPanel } = app;
  continuationPanel.open();
  void continuations.begin(start);
}

async function atCursor(app: App): Promise<Start | null> {
  const editor = app.editor.get();
  const problem = whyNot(editor);
  if (problem !== null) {
    void window.showInformationMessage(notificationText(problem));
    return null;
  }
  if (editor === undefined) {
    await offerSample();
    return null;
  }
  const { document, selection } = editor;
  const offset = document.offsetAt(selection.active);
  return { ...named(document), place: placeOfCursor(sliceable(document), offset), first: null };
}

function atOffset(uri: string, version: number, offset: number): Start | null {
  const document = unchanged(uri, version);
  if (document === null) return changed();
  return { ...named(document), place: placeAt(sliceable(document), offset), first: null };
}

async function atAlternative(
  server: Server,
  uri: string,
  version: number,
  role: (typeof ROLES)[number],
  token: number,
  number: number,
): Promise<Start | null> {
  if (unchanged(uri, version) === null) return changed();
  const params = { uri, version, role, token, alternative: number };
  const found = await server.request(DocumentRequest.alternative, params);
  // The text may have changed while the server looked the alternative up.
  const document = unchanged(uri, version);
  if (found === null || document === null) return changed();
  const { id, range, text } = found;
  const first = { role, id, text };
  return { ...named(document), place: placeAt(sliceable(document), range.start), first };
}

/** Says that a link was made for an earlier text. */
function changed(): null {
  const text = "The text has changed. Highlight it again first.";
  void window.showInformationMessage(notificationText(text));
  return null;
}

/** The open document, if it is the version that the link was made for. */
function unchanged(uri: string, version: number): TextDocument | null {
  const parsed = Uri.parse(uri, true).toString();
  const document = workspace.textDocuments.find((open) => open.uri.toString() === parsed);
  return document?.version === version ? document : null;
}

function named({ uri }: TextDocument): Pick<Start, "uri" | "title"> {
  return { uri: uri.toString(), title: posix.basename(uri.path) };
}
