/** Figures of the same comparison. */
import type { Figure } from "../../charts/figure";
import { figureView } from "../../charts/figureView";
import type { SaveActions } from "../../charts/saveButtons";
import type { Theme } from "../../kit/theme";
import type { Comparison } from "../comparison";

export interface FigureSet {
  readonly roots: readonly HTMLElement[];
  readonly update: (comparison: Comparison) => void;
  readonly draw: (theme: Theme) => void;
  readonly remove: () => void;
}

/** @param subjectOf whose numbers the figures show, for what is saved; see `PrintWords` */
export function figureSet(
  makers: readonly ((comparison: Comparison) => Figure)[],
  first: Comparison,
  subjectOf: (comparison: Comparison) => readonly string[],
  save: SaveActions,
): FigureSet {
  const figures = makers.map((make) => ({
    make,
    view: figureView(make(first), subjectOf(first), save),
  }));
  return {
    roots: figures.map(({ view }) => view.root),
    update: (comparison) => {
      const subject = subjectOf(comparison);
      for (const { make, view } of figures) view.update(make(comparison), subject);
    },
    draw: (theme) => {
      for (const { view } of figures) view.draw(theme);
    },
    remove: () => {
      for (const { view } of figures) view.remove();
    },
  };
}
