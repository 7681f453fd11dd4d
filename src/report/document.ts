import { utf8Length } from "../analysis/text/utf8";
import { bitsOf, isScored } from "../analysis/text/tokens";
import type { AgreementSums, NotMeasured } from "../analysis/scores/agreement";
import { increasePercent } from "../analysis/scores/commonText";
import { tokenizeAlike } from "../analysis/text/tokenizers";
import type { Vocabulary } from "../engine/engine";
import type { TextScores } from "../protocol/textScores";
import type { Role } from "../protocol/roles";
import { CONCENTRATION_KS, type DistributionColumns, type TokenColumns } from "../protocol/scores";
import { namedAdapter } from "../formats/adapter";
import type {
  Comparison,
  Context,
  ExportedModelFacts,
  RoleNumbers,
  RoleScores,
  ScoreDocument,
  ScoreNumbers,
  TextNumbers,
} from "../formats/scoreDocument";
import { compareOverall } from "./overall";
import { measureText, type RoleMeasures, type TextComparison, type TextMeasures } from "./measures";
import { amountOf, commonScores, mostDivergentIn, scoringCautions, startAlike } from "./summary";

/** One model of an export. */
export interface NamedModel {
  /** SHA-256 of the GGUF file in hex, which names it. */
  readonly sha256: string;
}

/** One model of an export that lists tokens; its vocabulary names the alternatives. */
export interface ExportedModel extends NamedModel {
  readonly vocabulary: Vocabulary;
}

/** A text with its scores under either model. */
export interface ExportedText {
  readonly name: string;
  /** That the scores are of. */
  readonly text: string;
  readonly base: TextScores | null;
  readonly rlhf: TextScores | null;
  /** Of both models; absent or null: nobody asked for it. */
  readonly agreement?: AgreementSums | NotMeasured | null;
}

/** The JSON document of an export: its numbers, and every token of every text under every model. */
export function toScoreDocument(
  version: string,
  models: Readonly<Record<Role, ExportedModel | null>>,
  texts: readonly ExportedText[],
  context: Context = null,
): ScoreDocument {
  const measured = texts.map(({ name, text, base, rlhf, agreement }) =>
    measureText(name, text, base, rlhf, agreement),
  );
  const numbers = toScoreNumbers(version, models, measured, context);
  const files = numbers.files.map(({ name, comparison, ...file }, i) => {
    const { text, ...scores } = texts[i]!;
    const withTokens = (role: Role): RoleScores | null => {
      const [ofRole, found] = [scores[role], file[role]];
      return ofRole && found && { ...found, tokenList: tokenList(ofRole.columns, models[role]) };
    };
    return {
      name,
      text,
      utf8Bytes: utf8Length(text),
      base: withTokens("base"),
      rlhf: withTokens("rlhf"),
      comparison: comparison && { ...comparison, divergences: divergences(texts[i]!) },
    };
  });
  return { ...numbers, files };
}

/** The numbers of every text under every model, and the facts that make them repeatable. */
export function toScoreNumbers(
  version: string,
  models: Readonly<Record<Role, NamedModel | null>>,
  texts: readonly TextMeasures[],
  context: Context = null,
): ScoreNumbers {
  const measuresOf = (role: Role) =>
    texts.map((text) => text[role]).find((found) => found !== null) ?? null;
  const facts = (role: Role) => {
    const [measures, model] = [measuresOf(role), models[role]];
    return measures && model ? modelFacts(measures, model) : null;
  };
  return {
    format: "twinlens-scores",
    formatVersion: 2,
    twinlensVersion: version,
    models: { base: facts("base"), rlhf: facts("rlhf") },
    cautions: scoringCautions(measuresOf("base"), measuresOf("rlhf")),
    context,
    concentrationKs: [...CONCENTRATION_KS],
    files: texts.map(textNumbers),
    overall: compareOverall(texts.flatMap(({ comparison }) => comparison ?? [])),
  };
}

function modelFacts({ model }: RoleMeasures, { sha256 }: NamedModel): ExportedModelFacts {
  return {
    path: model.path,
    name: model.name,
    sha256,
    adapter: namedAdapter(model),
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

function textNumbers({ name, base, rlhf, comparison }: TextMeasures): TextNumbers {
  return {
    name,
    base: base && roleNumbers(base),
    rlhf: rlhf && roleNumbers(rlhf),
    comparison: base && rlhf && comparison && compared(base, rlhf, comparison),
  };
}

function compared(
  base: RoleMeasures,
  rlhf: RoleMeasures,
  { common, paired, agreement }: TextComparison,
): TextNumbers["comparison"] {
  const sameTokenizer = tokenizeAlike(base.model, rlhf.model);
  return {
    sameTokenizer,
    sameBos: startAlike(base, rlhf),
    increaseOf: sameTokenizer ? "perplexity" : "bitsPerByte",
    increasePercent: increasePercent(common),
    paired,
    pairedPer: common.unit,
    common: amountOf(common),
    ...(agreement && { agreement: agreement.numbers }),
  };
}

function divergences({ text, base, rlhf }: ExportedText): Comparison["divergences"] {
  const found = base && rlhf ? mostDivergentIn(text, commonScores(base, rlhf).segments) : [];
  return found.map(({ range, ...span }) => ({ ...range, ...span }));
}

function roleNumbers(measures: RoleMeasures): RoleNumbers {
  const { settings, prompt, complete, scoredRange, tokens, surprisal, sharpness } = measures;
  return {
    settings,
    prompt,
    complete,
    scoredRange,
    tokens,
    scoredTokens: surprisal.scoredTokens,
    charactersWithoutToken: measures.charactersWithoutToken,
    bits: surprisal.bits,
    perplexity: orNull(surprisal.perplexity),
    perplexityError: orNull(surprisal.perplexityError),
    bitsPerByte: orNull(surprisal.bitsPerByte),
    bitsPerWord: orNull(surprisal.bitsPerWord),
    meanEntropyBits: sharpness && orNull(sharpness.meanEntropyBits),
    concentration: sharpness && sharpness.concentration.map(orNull),
    coverage: sharpness && orNull(sharpness.coverage),
    coveragePercent: sharpness && orNull(sharpness.coveragePercent),
  };
}

function tokenList(columns: TokenColumns, model: ExportedModel | null): RoleScores["tokenList"] {
  const tokens = Array.from({ length: columns.count }, (_, i) => i);
  const whereScored = (value: (token: number) => number) =>
    tokens.map((token) => (isScored(columns, token) ? orNull(value(token)) : null));
  const text = model ? pieceTexts(model.vocabulary) : () => "";
  const { distribution } = columns;
  return {
    start: Array.from(columns.start),
    endExclusive: Array.from(columns.endExclusive),
    id: Array.from(columns.id),
    flags: Array.from(columns.flags),
    bits: whereScored((token) => bitsOf(columns, token)),
    rank: distribution && whereScored((token) => distribution.rank[token]!),
    entropyBits:
      distribution && whereScored((token) => round(distribution.entropy[token]! / Math.LN2)),
    coverage: distribution && whereScored((token) => distribution.coverage[token]!),
    top:
      distribution &&
      tokens.map((token) =>
        isScored(columns, token) ? alternatives(distribution, token, text) : [],
      ),
  };
}

/** Entries of the list of most probable tokens: id, surprisal in bits, text. */
function alternatives(
  { topK, topId, topLogProbability }: DistributionColumns,
  token: number,
  text: (id: number) => string,
): [number, number, string][] {
  const list: [number, number, string][] = [];
  for (let row = token * topK; row < (token + 1) * topK; row++) {
    const id = topId[row]!;
    const bits = round(-topLogProbability[row]! / Math.LN2);
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
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
