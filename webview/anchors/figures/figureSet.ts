/** Figures of the same comparison. */
import type { Figure } from "../../charts/figure";
import { figureView, type SaveActions } from "../../charts/figureView";
import type { Theme } from "../../kit/theme";
import type { Comparison } from "../comparison";

export interface FigureSet {
  readonly roots: readonly HTMLElement[];
  readonly update: (comparison: Comparison) => void;
  readonly draw: (theme: Theme) => void;
  readonly remove: () => void;
}

export function figureSet(
  makers: readonly ((comparison: Comparison) => Figure)[],
  first: Comparison,
  save: SaveActions,
): FigureSet {
  const figures = makers.map((make) => ({ make, view: figureView(make(first), save) }));
  return {
    roots: figures.map(({ view }) => view.root),
    update: (comparison) => {
      for (const { make, view } of figures) view.update(make(comparison));
    },
    draw: (theme) => {
      for (const { view } of figures) view.draw(theme);
    },
    remove: () => {
      for (const { view } of figures) view.remove();
    },
  };
}
