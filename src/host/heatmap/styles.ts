import {
  DecorationRangeBehavior,
  type DecorationRenderOptions,
  type Disposable,
  type TextEditorDecorationType,
  ThemeColor,
  window,
} from "vscode";
import { type Scale, STEPS, type Style } from "./paint";

/**
 * Lines under the text by scale, seen in high contrast themes only (elsewhere their colour is transparent): tone alone
 * does not do there. Solid and dashed tell the two models apart without colour.
 */
const lines: Readonly<Record<Scale, string>> = {
  baseFavoured: "solid",
  rlhfFavoured: "dashed",
  baseSurprisal: "solid",
  rlhfSurprisal: "dashed",
  baseRank: "solid",
  rlhfRank: "dashed",
};

/** One decoration type for every style, made when it is first used, and one over text whose scores are out of date. */
export class DecorationTypes implements Disposable {
  private readonly types = new Map<Style, TextEditorDecorationType>();
  readonly stale = window.createTextEditorDecorationType({
    borderColor: new ThemeColor("twinlens.stale"),
    borderStyle: "dotted",
    borderWidth: "0 0 1px 0",
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });

  get(style: Style): TextEditorDecorationType {
    const known = this.types.get(style);
    if (known) return known;
    const made = window.createTextEditorDecorationType(options(style));
    this.types.set(style, made);
    return made;
  }

  dispose(): void {
    this.stale.dispose();
    for (const type of this.types.values()) type.dispose();
  }
}

function options(style: Style): DecorationRenderOptions {
  const scale = (Object.keys(STEPS) as Scale[]).find((candidate) => style.startsWith(candidate))!;
  const step = Number(style.slice(scale.length));
  const isStrong = step > STEPS[scale] / 2;
  return {
    backgroundColor: new ThemeColor(`twinlens.${style}`),
    borderColor: new ThemeColor(`twinlens.${scale}Line`),
    borderStyle: lines[scale],
    borderWidth: `0 0 ${isStrong ? 3 : 1}px 0`,
    // Typed text is not scored yet, so it does not take its neighbours' colour.
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  };
}
