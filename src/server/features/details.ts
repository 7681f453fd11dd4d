import { isScored, tokensIn } from "../../analysis/text/tokens";
import type { AlternativeParams } from "../../protocol/documents";
import type {
  Alternative,
  Replacement,
  RoleToken,
  TokenDetails,
  TokenDistribution,
} from "../../protocol/tokenDetails";
import { type Role, ROLES } from "../../protocol/roles";
import { type DistributionColumns, type TokenColumns, TokenFlag } from "../../protocol/scores";
import type { HighlightedDocument } from "../documents/highlighted";
import type { Layer, LayerScores } from "../documents/layers";
import { isInsertable, pieceLabel, pieceText } from "./pieceText";

const BITS_PER_NAT = Math.LOG2E;

/** Everything known about the tokens at an offset; null where there is none. */
export function tokenDetails(
  highlighted: HighlightedDocument,
  offset: number,
): TokenDetails | null {
  const found = ofOnePair(
    highlighted,
    ROLES.flatMap((role) => tokensAt(highlighted, role, offset)),
  );
  const [first] = found;
  if (!first) return null;
  return {
    version: highlighted.document.version,
    stale: found.some(({ stale }) => stale),
    measured: highlighted.measuredOf(first.layer),
    tokens: found.map(({ role, scores, token }) => describe(role, scores, token)),
  };
}

/**
 * The text of an alternative and the range it would replace; null where the document has moved on since the
 * alternative was shown, or where it is no text.
 */
export function replacement(
  highlighted: HighlightedDocument,
  { version, role, token, alternative }: AlternativeParams,
): Replacement | null {
  const { document } = highlighted;
  if (version !== document.version) return null;
  const found = shownToken(highlighted, role, token);
  if (!found || found.stale) return null;
  const { scores } = found;
  const { columns } = scores.scores;
  const { distribution } = columns;
  if (!distribution || alternative >= distribution.topK || continuesCharacter(columns, token))
    return null;
  const id = distribution.topId[token * distribution.topK + alternative];
  if (id === undefined || id < 0 || !isInsertable(scores.vocabulary, id)) return null;

  const range = rangeOf(columns, token);
  const text = pieceText(scores.vocabulary, id)!;
  const old = document.getText().slice(range.start, range.endExclusive);
  // A blank that the tokenizer put before the text's first word is not in the document.
  const addedBlank = pieceText(scores.vocabulary, columns.id[token]!) === ` ${old}`;
  return { id, range, text: addedBlank ? text.replace(/^ /, "") : text };
}

interface FoundToken {
  readonly role: Role;
  readonly layer: Layer;
  readonly scores: LayerScores;
  readonly token: number;
  readonly stale: boolean;
}

/** The tokens of a role at an offset, in the newest layer that has scored them, else in the newest that has them. */
function tokensAt(highlighted: HighlightedDocument, role: Role, offset: number): FoundToken[] {
  const candidates = highlighted.layers
    .map((layer) => ({ layer, tokens: layerTokensAt(layer, role, offset) }))
    .filter(({ tokens }) => tokens.length > 0);
  const best =
    candidates.find(({ layer, tokens }) => isScored(layer[role]!.scores.columns, tokens[0]!)) ??
    candidates[0];
  if (!best) return [];
  const scores = best.layer[role]!;
  const { layer } = best;
  return best.tokens.map((token) => ({
    role,
    layer,
    scores,
    token,
    stale: highlighted.isOld(layer) || scores.scores.columns.endExclusive[token]! > layer.staleFrom,
  }));
}

/** One table shows one pair: where the pair in use has scored a model's token, the other's from an earlier pair is left out. */
function ofOnePair(
  highlighted: HighlightedDocument,
  found: readonly FoundToken[],
): readonly FoundToken[] {
  const current = found.filter(({ layer }) => !highlighted.isOld(layer));
  return current.length > 0 ? current : found;
}

/**
 * The token with this number in the layer that {@link tokenDetails} takes it from. Layers may number tokens differently;
 * null where one of each could be meant.
 */
function shownToken(
  highlighted: HighlightedDocument,
  role: Role,
  token: number,
): FoundToken | null {
  const shown = highlighted.layers.flatMap((layer) => {
    const scores = layer[role];
    if (!scores || token >= scores.scores.columns.count) return [];
    const { start, endExclusive } = rangeOf(scores.scores.columns, token);
    const offsets = Array.from({ length: endExclusive - start }, (_, i) => start + i);
    const here = offsets.flatMap((offset) => tokensAt(highlighted, role, offset));
    return here.find((found) => found.scores === scores && found.token === token) ?? [];
  });
  return shown.length === 1 ? shown[0]! : null;
}

function layerTokensAt(layer: Layer, role: Role, offset: number): number[] {
  const columns = layer[role]?.scores.columns;
  if (!columns) return [];
  const { start, endExclusive } = tokensIn(columns, { start: offset, endExclusive: offset + 1 });
  return Array.from({ length: endExclusive - start }, (_, i) => start + i).filter(
    (token) => columns.endExclusive[token]! > offset,
  );
}

function describe(role: Role, { scores, vocabulary }: LayerScores, token: number): RoleToken {
  const { columns } = scores;
  const id = columns.id[token]!;
  const canReplace = !continuesCharacter(columns, token);
  return {
    role,
    token,
    id,
    range: rangeOf(columns, token),
    label: pieceLabel(vocabulary, id),
    flags: columns.flags[token]!,
    score: isScored(columns, token)
      ? {
          logProbability: columns.logProbability[token]!,
          distribution:
            columns.distribution &&
            describeDistribution(columns.distribution, token, vocabulary, canReplace),
        }
      : null,
  };
}

function describeDistribution(
  { rank, entropy, coverage, topK, topId, topLogProbability }: DistributionColumns,
  token: number,
  vocabulary: LayerScores["vocabulary"],
  canReplace: boolean,
): TokenDistribution {
  const places = Array.from({ length: topK }, (_, i) => token * topK + i);
  const alternatives: Alternative[] = places
    .filter((place) => topId[place]! >= 0)
    .map((place) => ({
      id: topId[place]!,
      label: pieceLabel(vocabulary, topId[place]!),
      logProbability: topLogProbability[place]!,
      insertable: canReplace && isInsertable(vocabulary, topId[place]!),
    }));
  return {
    rank: rank[token]!,
    entropyBits: entropy[token]! * BITS_PER_NAT,
    coverage: coverage[token]!,
    alternatives,
  };
}

/** The later bytes of a character: what stood there instead would follow its first bytes, not replace the character. */
function continuesCharacter(columns: TokenColumns, token: number): boolean {
  return (columns.flags[token]! & TokenFlag.SharesText) !== 0;
}

function rangeOf(columns: TokenColumns, token: number) {
  return { start: columns.start[token]!, endExclusive: columns.endExclusive[token]! };
}
