import { csvLine, type CsvCell } from "../analysis/presentation/csv";
import { type Role, ROLES } from "../protocol/roles";
import type { RoleNumbers, RoleScores, ScoreDocument, ScoredText } from "./scoreDocument";

const TOKEN_COLUMNS = [
  "file",
  "model",
  "token",
  "start",
  "end",
  "id",
  "text",
  "bits",
  "rank",
  "entropy_bits",
  "coverage",
] as const;

/** What makes the numbers repeatable: the same in every row of a text and model. */
export const PROVENANCE_COLUMNS = [
  "model_name",
  "quantisation",
  "sha256",
  "tokenizer",
  "device",
  "attention",
  "llama_cpp",
  "twinlens",
  "mode",
  "window",
  "stride",
  "max_windows",
  "bos",
  "prompt",
  "context",
  "characters_without_token",
  "cautions",
] as const;

/** One row per token and model. Text stands as it is, control characters included: it is not for a terminal. */
export function toTokenCsv(document: ScoreDocument): string {
  const lines = [csvLine([...TOKEN_COLUMNS, ...PROVENANCE_COLUMNS])];
  for (const file of document.files) {
    for (const role of ROLES) {
      const scores = file[role];
      if (scores) lines.push(tokenRows(document, file, role, scores).join(""));
    }
  }
  return lines.join("");
}

function tokenRows(
  document: ScoreDocument,
  { name, text }: ScoredText,
  role: Role,
  scores: RoleScores,
): string[] {
  const { start, endExclusive, id, bits, rank, entropyBits, coverage } = scores.tokenList;
  const provenance = provenanceCells(document, role, scores);
  return id.map((tokenId, i) =>
    csvLine([
      name,
      role,
      i,
      start[i]!,
      endExclusive[i]!,
      tokenId,
      text.slice(start[i], endExclusive[i]),
      bits[i]!,
      rank?.[i] ?? null,
      entropyBits?.[i] ?? null,
      coverage?.[i] ?? null,
      ...provenance,
    ]),
  );
}

type Provenance = Pick<ScoreDocument, "models" | "twinlensVersion" | "context" | "cautions">;

/** What stands under {@link PROVENANCE_COLUMNS} for a text under one model. */
export function provenanceCells(
  { models, twinlensVersion, context, cautions }: Provenance,
  role: Role,
  { settings, prompt, charactersWithoutToken }: RoleNumbers,
): readonly CsvCell[] {
  const model = models[role];
  const { mode, window, stride, maxWindows, bos } = settings;
  return [
    model?.name ?? null,
    model?.quantisation ?? null,
    model?.sha256 ?? null,
    model?.tokenizer ?? null,
    model?.device ?? null,
    model?.attention ?? null,
    model?.engineVersion ?? null,
    twinlensVersion,
    mode,
    window,
    stride,
    maxWindows,
    bos,
    prompt,
    context?.name ?? null,
    charactersWithoutToken,
    cautions.join("; "),
  ];
}
