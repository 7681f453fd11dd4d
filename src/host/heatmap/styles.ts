import {
  DecorationRangeBehavior,
  type DecorationRenderOptions,
  type Disposable,
  type TextEditorDecorationType,
  ThemeColor,
  window,
} from "vscode";
import { type Scale, STEPS, type Style, styles } from "./paint";

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

/** One decoration type for every style, and one over text whose scores are out of date. */
export class DecorationTypes implements Disposable {
  private readonly types: ReadonlyMap<Style, TextEditorDecorationType>;
  readonly stale = window.createTextEditorDecorationType({
    borderColor: new ThemeColor("twinlens.stale"),
    borderStyle: "dotted",
    borderWidth: "0 0 1px 0",
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });

  constructor() {
    const scales = Object.keys(STEPS) as Scale[];
    this.types = new Map(
      styles.map((style) => {
        const scale = scales.find((candidate) => style.startsWith(candidate))!;
        return [style, window.createTextEditorDecorationType(options(style, scale))];
      }),
    );
  }

  get(style: Style): TextEditorDecorationType {
    return this.types.get(style)!;
  }

  dispose(): void {
    this.stale.dispose();
    for (const type of this.types.values()) type.dispose();
  }
}

function options(style: Style, scale: Scale): DecorationRenderOptions {
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
