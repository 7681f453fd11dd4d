import { PRINT_PALETTE } from "../../src/report/plot/palette";
import type { ANCHOR_COLORS, Theme } from "./theme";

const anchors = [
  "#005a45",
  "#c4589a",
  "#5c4f00",
  "#7f6fe0",
  "#004a55",
  "#d0562f",
  "#6b2440",
  "#7d8a2e",
] as const satisfies readonly string[] & { readonly length: typeof ANCHOR_COLORS };

/**
 * The one set of colours in which figures are saved, whatever the window's theme. In grey each anchor is darker or lighter than
 * its neighbours.
 */
export const PRINT_THEME: Theme = { ...PRINT_PALETTE, anchors };
