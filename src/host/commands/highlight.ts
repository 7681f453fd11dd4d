import { commands, type TextEditor, window } from "vscode";
import { durationWords } from "../../analysis/presentation/duration";
import { notificationText } from "../../analysis/presentation/notificationText";
import { DocumentRequest, type Estimate, type HighlightParams } from "../../protocol/documents";
import { type RunPrompt, runPromptSchema } from "../../protocol/runPrompt";
import type { App } from "../app";
import { NOTEBOOK_CELL, refusal } from "../editor/documents";
import { type ProgressOptions, withProgress } from "../window/progress";
import { isCancelled } from "../window/errors";
import type { Server } from "../connection/server";
import { selectedRange, visibleRange } from "../editor/textRanges";

/** A job that takes longer is announced before it starts. */
const LONG_JOB_SECONDS = 30;

/**
 * Arguments, both optional: the URI of the document, as from a lens, in place of the current one; the prompt that its
 * text goes on with, as of a run's sample.
 */
export function highlightDocument(
  app: App,
  server: Server,
  uri?: unknown,
  prompt?: unknown,
): Promise<void> {
  const { data: given = null } = runPromptSchema.safeParse(prompt);
  const requestFor = (editor: TextEditor) => {
    const request = wholeDocument(editor);
    return { ...request, prompt: given ?? keptPrompt(app, request.uri) };
  };
  return highlight(app, server, requestFor, uri);
}

export function highlightSelection(app: App, server: Server): Promise<void> {
  return highlight(app, server, (editor) => {
    const request = selectedPart(editor);
    return { ...request, prompt: keptPrompt(app, request.uri) };
  });
}

/** Scores the selection as the RLHF model's answer to what stands before it. */
export function scoreAsReply(app: App, server: Server): Promise<void> {
  return highlight(app, server, (editor) => ({ ...selectedPart(editor), asReply: true }));
}

export async function clearHighlights(app: App): Promise<void> {
  const editor = app.editor.get();
  if (editor) await app.highlights.clear(editor.document.uri.toString());
}

export function cancelJob(app: App): void {
  app.highlights.cancelAll();
}

/** A document goes on with its prompt as long as it is highlighted. */
function keptPrompt({ highlights }: App, uri: string): RunPrompt | null {
  return highlights.get(uri)?.request.prompt ?? null;
}

function wholeDocument(editor: TextEditor): HighlightParams {
  return {
    uri: editor.document.uri.toString(),
    range: null,
    visible: visibleRange(editor),
    visibleOnly: false,
    asReply: false,
    prompt: null,
  };
}

function selectedPart(editor: TextEditor): HighlightParams {
  const range = selectedRange(editor.document, editor.selection);
  return { ...wholeDocument(editor), range };
}

async function highlight(
  app: App,
  server: Server,
  requestFor: (editor: TextEditor) => HighlightParams,
  uri?: unknown,
): Promise<void> {
  const editor = app.editor.get(uri);
  const problem = whyNot(editor);
  if (problem !== null) {
    void window.showInformationMessage(notificationText(problem));
    return;
  }
  if (editor === undefined) return offerSample();
  const request = await agreed(app, server, requestFor(editor));
  if (request === null) return;
  await score(app, server, request);
}

/**
 * Scores a highlighted document again as it was asked for last, moved by the edits since; asks first where that takes
 * long.
 */
export async function scoreAgain(app: App, server: Server, uri: string): Promise<void> {
  const highlight = app.highlights.get(uri);
  if (!highlight) return;
  const editor = app.editor.get(uri);
  const visible = editor ? visibleRange(editor) : null;
  try {
    const request = await agreed(app, server, { ...highlight.request, visible, again: true });
    if (request === null) return app.highlights.giveUp(uri);
    await score(app, server, request);
  } catch (error) {
    if (!isCancelled(error)) throw error;
    app.highlights.giveUp(uri);
  }
}

/** There is no text: one comes with Twinlens. */
export async function offerSample(): Promise<void> {
  const sample = "Open the Sample";
  const answer = await window.showInformationMessage(
    notificationText("Open a text first."),
    sample,
  );
  if (answer === sample) await commands.executeCommand("twinlens.openSample");
}

function score(app: App, server: Server, request: HighlightParams): Promise<void> {
  return withProgress(progressOf(app, server, request), (token) =>
    app.highlights.score(request, token),
  );
}

function progressOf({ jobs }: App, server: Server, { uri }: HighlightParams): ProgressOptions {
  const { onProgress } = server;
  return { uri, onProgress, onCancel: jobs.onCancelLoading };
}

/** Why the current document is not read; null: it is. */
export function whyNot(editor: TextEditor | undefined): string | null {
  const active = window.activeTextEditor;
  const inFront = active === undefined && window.activeNotebookEditor ? NOTEBOOK_CELL : undefined;
  const refused = refusal(inFront ?? active?.document.uri.scheme ?? "");
  if (refused !== null) return refused;
  return editor?.document.getText() === "" ? "There is no text in this document yet." : null;
}

const unknownEstimate: Estimate = { seconds: null, tokens: 0 };

/** The request that the user settles for, knowing how long it takes; null: none. */
async function agreed(
  app: App,
  server: Server,
  request: HighlightParams,
): Promise<HighlightParams | null> {
  const { seconds, tokens } = await withProgress(progressOf(app, server, request), (token) =>
    server.request(DocumentRequest.estimate, request, token).catch((error: unknown) => {
      // A change of settings cancels the estimate, but not the job: that can do without one.
      if (isCancelled(error) && !token.isCancellationRequested) return unknownEstimate;
      throw error;
    }),
  );
  if (seconds === null || seconds <= LONG_JOB_SECONDS) return request;
  const all = "Score Everything";
  const visible = "Visible Range Only";
  const answer = await window.showInformationMessage(
    notificationText(
      `Scoring ${tokens.toLocaleString("en-US")} tokens takes ${durationWords(seconds)}.`,
    ),
    { modal: true, detail: "What is on screen comes first, and you can cancel at any time." },
    all,
    visible,
  );
  if (answer === undefined) return null;
  return { ...request, visibleOnly: answer === visible };
}
