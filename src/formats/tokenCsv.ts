import { type Role, ROLES } from "../protocol/roles";
import type { RoleScores, ScoreDocument, ScoredText } from "./scoreDocument";
import { csvLine, foreignCell } from "../analysis/presentation/csv";
import { factLines } from "./facts";

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

/** One row per token and model, after comment lines (`#`) with the document's facts. */
export function toTokenCsv(document: ScoreDocument): string {
  const lines = factLines(document).map((line) => `# ${line}\r\n`);
  lines.push(csvLine(COLUMNS));
  for (const file of document.files) {
    for (const role of ROLES) {
      const scores = file[role];
      if (scores) lines.push(...tokenRows(file, role, scores));
    }
  }
  return lines.join("");
}

function tokenRows(file: ScoredText, role: Role, scores: RoleScores): string[] {
  const { start, endExclusive, id, bits, rank, entropyBits, coverage } = scores.tokenList;
  const name = foreignCell(file.name);
  return id.map((tokenId, i) =>
    csvLine([
      name,
      role,
      i,
      start[i]!,
      endExclusive[i]!,
      tokenId,
      foreignCell(file.text.slice(start[i], endExclusive[i])),
      bits[i]!,
      rank[i]!,
      entropyBits[i]!,
      coverage[i]!,
    ]),
  );
}
