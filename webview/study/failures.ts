import { formatNumber, visibleText } from "../../src/analysis/presentation/format";
import type { StudyCellView } from "../../src/protocol/studyPanel";
import { element } from "../kit/dom";

/** The rest are told in the grid. */
const MOST = 12;

/** Why cells failed, a line each; nothing where none did. */
export function failureLines(cells: readonly StudyCellView[]): readonly HTMLElement[] {
  const failed = cells.flatMap(({ model, corpus, measure, state }) =>
    state.kind === "failed"
      ? [visibleText(`${model}, ${corpus}, ${measure}: ${state.reason}`)]
      : [],
  );
  const more = failed.length - MOST;
  const lines = more > 0 ? [...failed.slice(0, MOST), `${formatNumber(more, 0)} more`] : failed;
  return lines.map((line) => element("li", {}, line));
}
