import { type Hover, MarkupKind } from "vscode-languageserver/node";
import { formatNumber, formatPercent } from "../../analysis/format";
import { escapeMarkdown } from "../../protocol/markdown";
import { type Measured, oldMeasurement } from "../../protocol/measured";
import type { Alternative, RoleToken, TokenDetails } from "../../protocol/requests";
import { ROLE_NAMES } from "../../protocol/roles";
import { TokenFlag } from "../../protocol/scores";
import type { HighlightedDocument } from "../highlighted";
import { commandLink, table } from "../markdown";
import { tokenDetails } from "./details";
import { expectation } from "./expectation";

const BITS_PER_NAT = Math.LOG2E;
/** Alternatives that a hover has room for; "Token Details" shows all. */
const MOST_ALTERNATIVES = 10;
/** Width of a full bar, characters. */
const BAR_WIDTH = 6;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** What each model expected at an offset, or null where there is no token. */
export function hover(highlighted: HighlightedDocument, offset: number): Hover | null {
  const details = tokenDetails(highlighted, offset);
  const [first] = details?.tokens ?? [];
  if (!details || !first) return uncoveredHover(highlighted, offset);
  const { document } = highlighted;
  return {
    contents: { kind: MarkupKind.Markdown, value: hoverMarkdown(details, document.uri) },
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
export function hoverMarkdown(details: TokenDetails, uri: string): string {
  const { tokens, stale } = details;
  return [
    stale ? outOfDate(details.measured) : "",
    expectation(tokens),
    table([headings(tokens), ...alternativeRows(details, uri)]),
    !stale && tokens.some((token) => token.score?.alternatives.some((a) => a.insertable))
      ? "Click an alternative to insert it instead."
      : "",
    table([["", ...headings(tokens)], ...numberRows(tokens)]),
    notes(tokens),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

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
    row(name, (token) => (token.score ? cell(token.score) : "–"));
  return [
    row("token", ({ label }) => `**${escapeMarkdown(label)}**`),
    score("probability", ({ logProbability }) => probability(logProbability)),
    score("surprisal", ({ logProbability }) => `${formatNumber(bits(logProbability), 2)} bits`),
    score("rank", ({ rank }) => formatNumber(rank, 0)),
    score("entropy", ({ entropyBits }) => `${formatNumber(entropyBits, 2)} bits`),
  ];
}

function bits(logProbability: number): number {
  // Not -x * …: a certain token has 0 bits, not -0.
  return (0 - logProbability) * BITS_PER_NAT;
}

/** Two decimals of a per cent, and powers of ten below. */
function probability(logProbability: number): string {
  const share = Math.exp(logProbability);
  if (share >= 0.0001) return formatPercent(share, 2);
  return logProbability === -Infinity ? "0" : share.toExponential(1);
}

function alternativeRows({ tokens, version, stale }: TokenDetails, uri: string): string[][] {
  const lists = tokens.map(({ score }) => score?.alternatives ?? []);
  const rows = Math.min(MOST_ALTERNATIVES, Math.max(...lists.map((list) => list.length)));
  return Array.from({ length: rows }, (_, i) =>
    tokens.map((token, column) => {
      const alternative = lists[column]![i];
      if (!alternative) return "";
      const share = Math.exp(alternative.logProbability);
      const name = alternativeName(token, alternative, i, version, stale, uri);
      return `${bar(share)} ${probability(alternative.logProbability)} ${name}`;
    }),
  );
}

/** The piece, as a link that inserts it where that makes sense. */
function alternativeName(
  { role, token, id }: RoleToken,
  alternative: Alternative,
  index: number,
  version: number,
  stale: boolean,
  uri: string,
): string {
  if (alternative.id === id) return `**${escapeMarkdown(alternative.label)}**`;
  if (stale || !alternative.insertable) return escapeMarkdown(alternative.label);
  return commandLink(
    alternative.label,
    "twinlens.insertAlternative",
    [uri, version, role, token, index],
    "Insert instead",
  );
}

/** A share of 1 as blocks, to an eighth of a character. */
export function bar(share: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH * 8);
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
      ? "–: not scored yet, or never scored because nothing stands before it."
      : "",
  ]
    .filter((note) => note !== "")
    .join("  \n");
}
