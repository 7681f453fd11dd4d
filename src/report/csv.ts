import type { RoleScores, ScoreDocument, ScoredText } from "../protocol/scoreDocument";
import { factLines } from "./facts";
import { toJson } from "./json";

const COLUMNS = [
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

/**
 * One row per token and model (RFC 4180), after comment lines (`#`) with the document's facts. Names and texts are
 * written as JSON strings inside their cells: control characters are visible, and no spreadsheet takes one for a formula.
 */
export function toCsv(document: ScoreDocument): string {
  const lines = factLines(document).map((line) => `# ${line}`);
  lines.push(COLUMNS.join(","));
  for (const file of document.files) {
    for (const role of ["base", "rlhf"] as const) {
      const scores = file[role];
      if (scores) lines.push(...tokenRows(file, role, scores));
    }
  }
  return lines.map((line) => `${line}\r\n`).join("");
}

function tokenRows(file: ScoredText, role: "base" | "rlhf", scores: RoleScores): string[] {
  const { start, endExclusive, id, bits, rank, entropyBits, coverage } = scores.tokenList;
  const name = textCell(file.name);
  return id.map((tokenId, i) =>
    [
      name,
      role,
      i,
      start[i],
      endExclusive[i],
      tokenId,
      textCell(file.text.slice(start[i], endExclusive[i])),
      bits[i] ?? "",
      rank[i] ?? "",
      entropyBits[i] ?? "",
      coverage[i] ?? "",
    ].join(","),
  );
}

function textCell(text: string): string {
  return `"${toJson(text).replaceAll('"', '""')}"`;
}
