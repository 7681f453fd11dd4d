import { type Role, ROLE_NAMES, ROLES } from "../protocol/roles";
import type { RoleScores, ScoreDocument, ScoredText } from "./scoreDocument";
import { csvLine, foreignCell } from "../analysis/presentation/csv";
import { NOT_MEASURED } from "../analysis/presentation/format";
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

/** One row per token and model, after comment lines (`#`) with the document's facts, and with what is not measured. */
export function toTokenCsv(document: ScoreDocument): string {
  const lines = [...factLines(document), ...unmeasured(document)].map((line) => `# ${line}\r\n`);
  lines.push(csvLine(COLUMNS));
  for (const file of document.files) {
    for (const role of ROLES) {
      const scores = file[role];
      if (scores) lines.push(...tokenRows(file, role, scores));
    }
  }
  return lines.join("");
}

function unmeasured({ files }: ScoreDocument): string[] {
  return ROLES.filter((role) => files.some((file) => file[role]?.tokenList.rank === null)).map(
    (role) => `${ROLE_NAMES[role]}: rank, entropy and coverage are ${NOT_MEASURED}`,
  );
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
      rank?.[i] ?? null,
      entropyBits?.[i] ?? null,
      coverage?.[i] ?? null,
    ]),
  );
}
