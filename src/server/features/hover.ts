import { type Hover, MarkupKind } from "vscode-languageserver/node";
import {
  formatNumber,
  formatProbability,
  NO_NUMBER,
  NOT_MEASURED,
} from "../../analysis/presentation/format";
import { escapeMarkdown } from "../../protocol/markdown";
import { type Measured, oldMeasurement } from "../../protocol/measured";
import type {
  Alternative,
  RoleToken,
  TokenDetails,
  TokenDistribution,
} from "../../protocol/tokenDetails";
import { ROLE_NAMES } from "../../protocol/roles";
import { TokenFlag } from "../../protocol/scores";
import type { HighlightedDocument } from "../documents/highlighted";
import { BLANK, commandLink, table } from "./markdown";
import { tokenDetails } from "./details";
import { expectation } from "./expectation";

const BITS_PER_NAT = Math.LOG2E;
/** Alternatives that a hover has room for; "Token Details" shows all. */
const MOST_ALTERNATIVES = 10;
/** Rows of alternatives. VS Code opens a hover 250 pixels high: ten rows would not fit, two columns of five do. */
const ROWS = 5;
/** More tokens than these leave no room for a second column each. */
const TWO_COLUMN_TOKENS = 2;
/** Width of a full bar, characters. */
const BAR_WIDTH = 3;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * What each model expected at an offset, or null where there is no token.
 * @param more lines of Markdown on the word, and on tokens to come
 */
export function hover(
  highlighted: HighlightedDocument,
  offset: number,
  more: readonly string[] = [],
): Hover | null {
  const details = tokenDetails(highlighted, offset);
  const [first] = details?.tokens ?? [];
  if (!details || !first) return uncoveredHover(highlighted, offset);
  const { document } = highlighted;
  return {
    contents: { kind: MarkupKind.Markdown, value: hoverMarkdown(details, document.uri, more) },
    range: {
      start: document.positionAt(first.range.start),
      end: document.positionAt(first.range.endExclusive),
    },
  };
}

/** For a character that no token stands for in a text that was scored; null elsewhere. */
function uncoveredHover(
  { document, scope, current }: HighlightedDocument,
  offset: number,
): Hover | null {
  const scored = scope.range ?? { start: 0, endExclusive: document.getText().length };
  const isFresh =
    offset >= scored.start && offset < Math.min(scored.endExclusive, current.staleFrom);
  const hasGaps = [current.base, current.rlhf].some(
    (role) => (role?.scores.columns.withoutToken ?? 0) > 0,
  );
  if (!isFresh || !hasGaps) return null;
  const value = "No token stands for this character: the models do not see it.";
  return { contents: { kind: MarkupKind.Markdown, value } };
}

/** A sentence, the alternatives, then the numbers, one column per token. All foreign text goes through {@link escapeMarkdown}. */
export function hoverMarkdown(
  details: TokenDetails,
  uri: string,
  more: readonly string[] = [],
): string {
  const { tokens, stale } = details;
  return [
    stale ? outOfDate(details.measured) : "",
    [expectation(tokens), continueLink(details, uri)].filter((part) => part !== "").join(" "),
    ...more,
    alternativeTable(details, uri),
    table([["", ...headings(tokens)], ...numberRows(tokens)]),
    !stale && tokens.some((token) => alternativesOf(token).some((a) => a.insertable))
      ? `Click an alternative to insert it instead, ${ARROW} to continue from it.`
      : "",
    notes(tokens),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Goes on from before the first token. */
function continueLink({ tokens, version, stale }: TokenDetails, uri: string): string {
  const [first] = tokens;
  if (stale || !first) return "";
  const target = [uri, version, first.range.start];
  return commandLink("Continue from here", CONTINUE, target, "See how it would have gone on");
}

const CONTINUE = "twinlens.continueFromHere";
const ARROW = "→";

function outOfDate(measured: Measured): string {
  const why = oldMeasurement(measured) ?? "scored before the last change";
  return `**Out of date**: ${escapeMarkdown(why)}. Run *Highlight* again.`;
}

/** `base`, or `base 1/2` where several tokens share a character. */
function headings(tokens: readonly RoleToken[]): string[] {
  return tokens.map(({ role, token }) => {
    const ofRole = tokens.filter((other) => other.role === role);
    const position = ofRole.findIndex((other) => other.token === token) + 1;
    return ofRole.length > 1
      ? `${ROLE_NAMES[role]} ${position}/${ofRole.length}`
      : ROLE_NAMES[role];
  });
}

function numberRows(tokens: readonly RoleToken[]): string[][] {
  const row = (name: string, cell: (token: RoleToken) => string) => [name, ...tokens.map(cell)];
  const score = (name: string, cell: (score: NonNullable<RoleToken["score"]>) => string) =>
    row(name, (token) => (token.score ? cell(token.score) : NO_NUMBER));
  const measured = (name: string, cell: (distribution: TokenDistribution) => string) =>
    score(name, ({ distribution }) => (distribution ? cell(distribution) : NOT_MEASURED));
  return [
    row("token", ({ label }) => `**${escapeMarkdown(label)}**`),
    score("probability", ({ logProbability }) => formatProbability(Math.exp(logProbability))),
    score("surprisal", ({ logProbability }) => `${formatNumber(bits(logProbability), 2)} bits`),
    measured("rank", ({ rank }) => formatNumber(rank, 0)),
    measured("entropy", ({ entropyBits }) => `${formatNumber(entropyBits, 2)} bits`),
  ];
}

function bits(logProbability: number): number {
  // Not -x * …: a certain token has 0 bits, not -0.
  return (0 - logProbability) * BITS_PER_NAT;
}

function alternativesOf({ score }: RoleToken): readonly Alternative[] {
  return score?.distribution?.alternatives ?? [];
}

/** Under the model's name each token's alternatives, from the most probable one downwards, then on in its next column. */
function alternativeTable(details: TokenDetails, uri: string): string {
  const { tokens } = details;
  if (tokens.every((token) => alternativesOf(token).length === 0)) return "";
  const rows = tokens.length > TWO_COLUMN_TOKENS ? MOST_ALTERNATIVES : ROWS;
  const heads = headings(tokens).map((head) => unbroken(`${head} expected`));
  const columns = tokens.flatMap((token, i) => {
    const cells = alternativeCells(token, details, uri);
    const first = [heads[i]!, ...cells.slice(0, rows)];
    return cells.length > rows ? [first, ["", ...cells.slice(rows)]] : [first];
  });
  const length = Math.max(...columns.map((column) => column.length));
  return table(Array.from({ length }, (_, row) => columns.map((column) => column[row] ?? "")));
}

function alternativeCells(
  token: RoleToken,
  { version, stale }: TokenDetails,
  uri: string,
): string[] {
  const alternatives = alternativesOf(token).slice(0, MOST_ALTERNATIVES);
  return alternatives.map((alternative, i) => {
    const share = Math.exp(alternative.logProbability);
    const name = alternativeName(token, alternative, i, version, stale, uri);
    return unbroken(`${bar(share)} ${formatProbability(share)}`) + BLANK + name;
  });
}

/** In a narrow editor a cell of two lines would hide half of the alternatives. */
function unbroken(text: string): string {
  return text.replaceAll(" ", BLANK);
}

/** The piece, with links that insert it, and that go on from it, where that makes sense. */
function alternativeName(
  { role, token, id }: RoleToken,
  alternative: Alternative,
  index: number,
  version: number,
  stale: boolean,
  uri: string,
): string {
  const isOwn = alternative.id === id;
  const plain = escapeMarkdown(alternative.label);
  const shown = isOwn ? `**${plain}**` : plain;
  if (stale || !alternative.insertable) return shown;
  const target = [uri, version, role, token, index];
  const insert = "twinlens.insertAlternative";
  const name = isOwn ? shown : commandLink(alternative.label, insert, target, "Insert instead");
  return name + BLANK + commandLink(ARROW, CONTINUE, target, "Continue from this");
}

/** A share of 1 as blocks, to an eighth of a character, the least of which stands for whatever is less. */
export function bar(share: number): string {
  const eighths = Math.max(1, Math.round(Math.min(1, share) * BAR_WIDTH * 8));
  return "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}

/** What the reader must know about unusual tokens. */
function notes(tokens: readonly RoleToken[]): string {
  const has = (flag: number) => tokens.some((token) => (token.flags & flag) !== 0);
  const ofSomeRole = (flag: number) =>
    [...new Set(tokens.filter((t) => (t.flags & flag) !== 0).map((t) => ROLE_NAMES[t.role]))].join(
      " and ",
    );
  return [
    has(TokenFlag.UserDefined)
      ? `User-defined token (${ofSomeRole(TokenFlag.UserDefined)}): the vocabulary matches it before the tokenizer's own rules.`
      : "",
    has(TokenFlag.Unknown)
      ? `Unknown token (${ofSomeRole(TokenFlag.Unknown)}): the vocabulary has no token for this text.`
      : "",
    has(TokenFlag.SharesText)
      ? `Several tokens make up one character (${ofSomeRole(TokenFlag.SharesText)}): their bits add up.`
      : "",
    tokens.some(({ score }) => score === null)
      ? `${NO_NUMBER}: not scored yet, or never scored because nothing stands before it.`
      : "",
  ]
    .filter((note) => note !== "")
    .join("  \n");
}
