import type { StudyFigure } from "../../protocol/studyFigure";

/** The name of each figure's file, less its extension: letters, digits and dashes, and each only once, `[figure]`. */
export function pictureNames(figures: readonly StudyFigure[]): readonly string[] {
  const taken = new Set<string>();
  return figures.map(({ id }) => {
    const plain = id.replace(/[^A-Za-z0-9]+/gu, "-").replace(/^-|-$/gu, "");
    const name = plain.slice(0, 60) || "figure";
    let free = name;
    for (let next = 2; taken.has(free.toLowerCase()); next++) free = `${name}-${next}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
