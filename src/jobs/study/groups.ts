import { addedRows } from "../../formats/study/rows";
import type { Group } from "../../formats/study/studyResult";

/** Numbers of documents in their order, in groups of equally many. */
export interface Groups {
  /** Documents to a group, a power of two; the last one may have fewer. */
  readonly groupSize: number;
  readonly groups: readonly Group[];
}

/**
 * With one document more. Where there are groups enough, each two neighbours become one, so that a corpus of any size takes
 * the same memory.
 * @param mostGroups even
 */
export function withDocument(
  { groupSize, groups }: Groups,
  document: Group,
  mostGroups: number,
): Groups {
  const last = groups.at(-1);
  if (last !== undefined && last.documents < groupSize) {
    return { groupSize, groups: [...groups.slice(0, -1), together(last, document)] };
  }
  if (groups.length < mostGroups) return { groupSize, groups: [...groups, document] };
  return withDocument({ groupSize: groupSize * 2, groups: pairedUp(groups) }, document, mostGroups);
}

function pairedUp(groups: readonly Group[]): Group[] {
  return Array.from({ length: groups.length / 2 }, (_, i) =>
    together(groups[2 * i]!, groups[2 * i + 1]!),
  );
}

function together(a: Group, b: Group): Group {
  const added = (of: "stages" | "against") =>
    Object.fromEntries(
      Object.entries(a[of]).map(([stage, row]) => [stage, addedRows(row, b[of][stage] ?? [])]),
    );
  return {
    document: a.document,
    documents: a.documents + b.documents,
    stages: added("stages"),
    against: added("against"),
  };
}
