import { version } from "../../../package.json";
import {
  DocumentNotice,
  DocumentRequest,
  type Estimate,
  type HighlightParams,
} from "../../protocol/documents";
import { wordChoiceOf } from "../../protocol/settings";
import type { Parts } from "../build";
import { answer, hear } from "../connection/channel";
import { estimateJob, type Rates } from "../scoring/estimate";
import { replacement, tokenDetails } from "../features/details";
import { followsSelection } from "../features/inlayHints";
import type { HighlightedDocument } from "../documents/highlighted";
import { paintedCells } from "../documents/paintedCells";
import { refreshHints } from "../connection/refresh";
import { divergence, documentReport, exportText, summary } from "../documents/reports";
import { failure } from "../connection/responses";
import { scopeOf } from "../scoring/scope";

/** What the host asks about documents. */
export function answerAboutDocuments(parts: Parts): void {
  const { connection, highlighter, digests, configuration } = parts;
  const known = (uri: string): HighlightedDocument => {
    const found = highlighter.get(uri);
    if (!found) throw failure("The document is not highlighted.");
    return found;
  };
  const rates: Rates = new WeakMap();

  answer(connection, DocumentRequest, {
    highlight: async (params, signal) => summary(await highlighter.highlight(params, signal), null),
    estimate: (params, signal) => estimate(parts, params, rates, signal),
    clear({ uri }) {
      highlighter.clear(uri);
      return null;
    },
    cells: ({ uri, view, range }) => paintedCells(known(uri), view, range),
    summary: ({ uri, range }) => summary(known(uri), range),
    divergence: (params) => divergence(known(params.uri), params),
    details: ({ uri, offset }) => tokenDetails(known(uri), offset),
    alternative: (params) => replacement(known(params.uri), params),
    report: ({ uri }) => documentReport(known(uri)),
    export({ uri, ...wanted }) {
      const words = wordChoiceOf(configuration().settings);
      return exportText(known(uri), { ...wanted, words }, digests, version);
    },
  });
}

async function estimate(
  { documents, highlighter, jobs, models, store, configuration, progressOf }: Parts,
  params: HighlightParams,
  rates: Rates,
  signal: AbortSignal,
): Promise<Estimate> {
  const { uri } = params;
  const progress = progressOf(uri);
  const text = (await documents.follow(uri)).getText();
  const listed = jobs.addLoading(uri);
  try {
    const { settings } = configuration();
    const task = { text, settings, ...scopeOf(params, text, highlighter.get(uri)?.scope) };
    const found = await estimateJob(task, models, store, rates, progress.loading, signal);
    jobs.expect(uri, found.seconds);
    return found;
  } finally {
    listed.end();
    progress.end();
    if (!highlighter.get(uri)) documents.forget(uri);
  }
}

/** What the host says of documents: what is on screen, what is selected, and that scoring is to end. */
export function hearOfDocuments({ connection, highlighter, configuration }: Parts): void {
  hear(connection, DocumentNotice, {
    cancel: ({ uri }) => highlighter.cancel(uri),
    visible({ uri, visible }) {
      const highlighted = highlighter.get(uri);
      if (highlighted) highlighted.visible = visible;
    },
    selection({ uri, selection }) {
      const highlighted = highlighter.get(uri);
      if (!highlighted) return;
      const before = highlighted.selection;
      highlighted.selection = selection;
      const mode = configuration().settings.inlayHints;
      if (followsSelection(mode, highlighted.document, before, selection)) refreshHints(connection);
    },
  });
}
