import {
  QuickPickItemKind,
  type QuickPickItem,
  window,
  workspace,
  WorkspaceEdit,
  Uri,
} from "vscode";
import * as z from "zod/mini";
import {
  formatNumber,
  formatProbability,
  NOT_MEASURED,
  plainLabel,
} from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import { type AlternativeParams, DocumentRequest } from "../../protocol/documents";
import type { RoleToken, TokenDetails } from "../../protocol/tokenDetails";
import { ROLE_NAMES, ROLES } from "../../protocol/roles";
import type { App } from "../app";
import { reach } from "../window/milestones";
import type { Server } from "../connection/server";
import { toRange } from "../editor/textRanges";
import { scoreAgain } from "./highlight";

interface TokenItem extends QuickPickItem {
  /** What picking it puts into the text; null: nothing. */
  readonly alternative: AlternativeParams | null;
}

/** Lists what both models expected at the cursor; picking an alternative puts it into the text. */
export async function showToken(app: App, server: Server): Promise<void> {
  const editor = app.editor.get();
  if (editor === undefined) return;
  const uri = editor.document.uri.toString();
  const offset = editor.document.offsetAt(editor.selection.start);
  const details = await server.request(DocumentRequest.details, { uri, offset });
  if (details === null || details.tokens.length === 0) {
    void window.showInformationMessage(notificationText("There is no scored token at the cursor."));
    return;
  }
  reach("token");
  const picked = await window.showQuickPick(tokenItems(uri, details), {
    title: "Token Details",
    placeHolder: details.stale
      ? "Scored before the last change. Highlight again to insert an alternative."
      : "Pick an alternative to insert it instead",
    matchOnDescription: true,
  });
  if (picked?.alternative) await insert(app, server, picked.alternative);
}

/** One section per token: its numbers, then what the model expected instead. */
function tokenItems(uri: string, { version, stale, tokens }: TokenDetails): TokenItem[] {
  return tokens.flatMap((token) => [
    { label: ROLE_NAMES[token.role], kind: QuickPickItemKind.Separator, alternative: null },
    actualItem(token),
    ...(token.score?.distribution?.alternatives ?? []).map((alternative, number) => {
      const isActual = alternative.id === token.id;
      const canInsert = alternative.insertable && !stale && !isActual;
      return {
        label: plainLabel(alternative.label),
        description: `${bar(alternative.logProbability)} ${formatProbability(Math.exp(alternative.logProbability))}${isActual ? " · stands here" : ""}`,
        alternative: canInsert
          ? { uri, version, role: token.role, token: token.token, alternative: number }
          : null,
      };
    }),
  ]);
}

function actualItem({ label, score }: RoleToken): TokenItem {
  if (score === null) {
    return { label: plainLabel(label), description: "not scored", alternative: null };
  }
  const { logProbability, distribution } = score;
  const bits = formatNumber(-logProbability / Math.LN2, 2);
  const facts = [
    formatProbability(Math.exp(logProbability)),
    `${bits} bits`,
    `rank ${distribution ? formatNumber(distribution.rank, 0) : NOT_MEASURED}`,
    `entropy ${distribution ? `${formatNumber(distribution.entropyBits, 2)} bits` : NOT_MEASURED}`,
  ];
  return {
    label: `$(quote) ${plainLabel(label)}`,
    description: facts.join(" · "),
    alternative: null,
  };
}

/** Characters of a bar that stands for a probability of 1. */
const BAR_LENGTH = 20;

function bar(logProbability: number): string {
  return "█".repeat(Math.round(Math.exp(logProbability) * BAR_LENGTH));
}

const insertArguments = z.lazy(() =>
  z.tuple([z.string(), z.int(), z.enum(ROLES), z.int().check(z.gte(0)), z.int().check(z.gte(0))]),
);

/** Arguments, from a hover's link: document, its version, role, token and number of the alternative; never text. */
export async function insertAlternative(
  app: App,
  server: Server,
  ...argumentList: unknown[]
): Promise<void> {
  const [uri, version, role, token, alternative] = insertArguments.parse(argumentList);
  await insert(app, server, { uri, version, role, token, alternative });
}

/**
 * A plain edit that one undo takes back; none where the text has changed since the link was made. The text is scored
 * again at once.
 */
async function insert(app: App, server: Server, params: AlternativeParams): Promise<void> {
  const uri = Uri.parse(params.uri, true);
  const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  const replacement =
    document?.version === params.version
      ? await server.request(DocumentRequest.alternative, params)
      : null;
  // The text may have changed while the server looked the alternative up.
  if (document?.version !== params.version || replacement === null) {
    void window.showInformationMessage(
      notificationText("The text has changed. Highlight it again first."),
    );
    return;
  }
  const edit = new WorkspaceEdit();
  edit.replace(uri, toRange(document, replacement.range), replacement.text);
  if (!(await workspace.applyEdit(edit))) return;
  // Live mode scores it anyway, and what was cancelled waits for the user.
  const isGivenUp = app.highlights.get(params.uri)?.standing === "givenUp";
  if (!app.live.isOn && !isGivenUp) await scoreAgain(app, server, params.uri);
}
