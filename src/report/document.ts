import { utf8Length } from "../analysis/text/utf8";
import { bitsOf, isScored } from "../analysis/text/tokens";
import type { Vocabulary } from "../engine/engine";
import type { TextScores } from "../protocol/textScores";
import type { Summary } from "../protocol/summary";
import type { Role } from "../protocol/roles";
import { CONCENTRATION_KS, type TokenColumns } from "../protocol/scores";
import type {
  ExportedModelFacts,
  RoleNumbers,
  RoleScores,
  ScoreDocument,
  ScoreNumbers,
  TextNumbers,
} from "../formats/scoreDocument";
import { compareOverall } from "./overall";
import { measureSharpness } from "./reportData";
import { scoringCautions, summarise, summariseRole } from "./summary";

/** One model of an export: its digest names the file, its vocabulary the alternatives. */
export interface ExportedModel {
  /** SHA-256 of the GGUF file in hex. */
  readonly sha256: string;
  readonly vocabulary: Vocabulary;
}

/** A text with its scores under either model. */
export interface ExportedText {
  readonly name: string;
  readonly text: string;
  readonly base: TextScores | null;
  readonly rlhf: TextScores | null;
}

type ExportedModels = Readonly<Record<Role, ExportedModel | null>>;

/** The JSON document of an export: its numbers, and every token of every text under every model. */
export function toScoreDocument(
  version: string,
  models: ExportedModels,
  texts: readonly ExportedText[],
): ScoreDocument {
  const numbers = toScoreNumbers(version, models, texts);
  const files = numbers.files.map((file, i) => {
    const withTokens = (role: Role): RoleScores | null => {
      const [scores, found] = [texts[i]![role], file[role]];
      return scores && found && { ...found, tokenList: tokenList(scores.columns, models[role]) };
    };
    return { ...file, base: withTokens("base"), rlhf: withTokens("rlhf") };
  });
  return { ...numbers, files };
}

/** The numbers of every text under every model, and the facts that make them repeatable. */
export function toScoreNumbers(
  version: string,
  models: ExportedModels,
  texts: readonly ExportedText[],
): ScoreNumbers {
  const scoresOf = (role: Role) =>
    texts.map((text) => text[role]).find((found) => found !== null) ?? null;
  const facts = (role: Role) => {
    const [scores, model] = [scoresOf(role), models[role]];
    return scores && model ? modelFacts(scores, model) : null;
  };
  return {
    format: "twinlens-scores",
    formatVersion: 2,
    twinlensVersion: version,
    models: { base: facts("base"), rlhf: facts("rlhf") },
    cautions: scoringCautions(scoresOf("base"), scoresOf("rlhf")),
    concentrationKs: [...CONCENTRATION_KS],
    files: texts.map(textNumbers),
    overall: compareOverall(texts),
  };
}

function modelFacts({ model }: TextScores, { sha256 }: ExportedModel): ExportedModelFacts {
  return {
    path: model.path,
    name: model.name,
    sha256,
    architecture: model.architecture,
    quantisation: model.quantisation,
    bitsPerWeight: model.bitsPerWeight,
    parameters: model.parameters,
    sizeBytes: model.sizeBytes,
    vocabularySize: model.vocabularySize,
    tokenizer: model.tokenizer,
    tokenizerDigest: model.tokenizerDigest,
    addsBos: model.addsBos,
    tokenizerFaults: [...model.tokenizerFaults],
    trainedContext: model.trainedContext,
    device: model.device,
    attention: model.attention,
    batch: model.batch,
    engineVersion: model.engineVersion,
  };
}

function textNumbers({ name, text, base, rlhf }: ExportedText): TextNumbers {
  return {
    name,
    text,
    utf8Bytes: utf8Length(text),
    base: base && roleNumbers(text, base),
    rlhf: rlhf && roleNumbers(text, rlhf),
    comparison: comparison(summarise(text, base, rlhf, null, 0)),
  };
}

function comparison(summary: Summary): TextNumbers["comparison"] {
  const { sameTokenizer, sameBos, increasePercent, paired, common, divergences } = summary;
  if (common === null) return null;
  return {
    sameTokenizer,
    sameBos,
    increaseOf: sameTokenizer ? "perplexity" : "bitsPerByte",
    increasePercent,
    paired,
    pairedPer: sameTokenizer ? "token" : "segment",
    common,
    divergences: divergences.map(({ range, bits, text }) => ({ ...range, bits, text })),
  };
}

function roleNumbers(text: string, scores: TextScores): RoleNumbers {
  const summary = summariseRole(text, scores, null);
  const sharpness = measureSharpness(scores);
  return {
    settings: scores.settings,
    prompt: scores.prompt,
    complete: scores.complete,
    scoredRange: scores.scoredRange,
    tokens: summary.tokens,
    scoredTokens: summary.scoredTokens,
    charactersWithoutToken: scores.columns.withoutToken,
    bits: summary.bits,
    perplexity: orNull(summary.perplexity),
    perplexityError: orNull(summary.perplexityError),
    bitsPerByte: orNull(summary.bitsPerByte),
    bitsPerWord: orNull(summary.bitsPerWord),
    meanEntropyBits: orNull(sharpness.meanEntropyBits),
    concentration: sharpness.concentration.map(orNull),
    coverage: orNull(sharpness.coverage),
    coveragePercent: orNull(sharpness.coveragePercent),
  };
}

function tokenList(columns: TokenColumns, model: ExportedModel | null): RoleScores["tokenList"] {
  const tokens = Array.from({ length: columns.count }, (_, i) => i);
  const whereScored = (value: (token: number) => number) =>
    tokens.map((token) => (isScored(columns, token) ? orNull(value(token)) : null));
  const text = model ? pieceTexts(model.vocabulary) : () => "";
  return {
    start: Array.from(columns.start),
    endExclusive: Array.from(columns.endExclusive),
    id: Array.from(columns.id),
    flags: Array.from(columns.flags),
    bits: whereScored((token) => bitsOf(columns, token)),
    rank: whereScored((token) => columns.rank[token]!),
    entropyBits: whereScored((token) => round(columns.entropy[token]! / Math.LN2)),
    coverage: whereScored((token) => columns.coverage[token]!),
    top: tokens.map((token) =>
      isScored(columns, token) ? alternatives(columns, token, text) : [],
    ),
  };
}

/** Entries of the list of most probable tokens: id, surprisal in bits, text. */
function alternatives(
  columns: TokenColumns,
  token: number,
  text: (id: number) => string,
): [number, number, string][] {
  const list: [number, number, string][] = [];
  for (let row = token * columns.topK; row < (token + 1) * columns.topK; row++) {
    const id = columns.topId[row]!;
    const bits = round(-columns.topLogProbability[row]! / Math.LN2);
    if (id >= 0 && Number.isFinite(bits)) list.push([id, bits, text(id)]);
  }
  return list;
}

/** Texts of pieces, each decoded once; part of a character becomes U+FFFD. */
function pieceTexts(vocabulary: Vocabulary): (id: number) => string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const known = new Map<number, string>();
  return (id) => {
    let text = known.get(id);
    if (text === undefined) {
      const bytes = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
      text = decoder.decode(bytes);
      known.set(id, text);
    }
    return text;
  };
}

/** To millionths: what was computed in 32 bits has no more significant digits. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
