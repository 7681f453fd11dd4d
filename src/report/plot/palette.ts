import type { Family } from "../../protocol/studyFigure";

/** What a drawing is painted with: values of SVG's `fill`, `stroke` and `font-family`. */
export interface Palette extends Readonly<Record<Family, string>> {
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly fontFamily: string;
  /** CSS pixels. */
  readonly fontSize: number;
}

/**
 * For white paper, where each colour keeps a contrast of 3:1 and more, and for grey, where the base model is darker than the
 * RLHF model. The fonts are those that every machine has or replaces by ones of equal widths.
 */
export const PRINT_PALETTE: Palette = {
  foreground: "#1a1a1a",
  muted: "#4d4d4d",
  background: "#ffffff",
  grid: "#dedede",
  base: "#00407a",
  rlhf: "#d95f02",
  other: "#00694f",
  quoted: "#4d4d4d",
  fontFamily: "Helvetica, Arial, sans-serif",
  fontSize: 12,
};

/** The variables of a page's style sheet, so that a drawing follows the page's colours without being drawn again. */
export const PAGE_PALETTE: Palette = {
  foreground: "var(--twinlens-foreground)",
  muted: "var(--twinlens-muted)",
  background: "var(--twinlens-background)",
  grid: "var(--twinlens-grid)",
  base: "var(--twinlens-base)",
  rlhf: "var(--twinlens-rlhf)",
  other: "var(--twinlens-anchor-0)",
  quoted: "var(--twinlens-muted)",
  fontFamily: "inherit",
  fontSize: 12,
};
