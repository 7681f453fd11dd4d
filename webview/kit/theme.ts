/**
 * What charts need of VS Code's colours. Parts drawn by the browser use the CSS variables themselves; a canvas has to
 * read them, and read them again when the theme changes.
 */
export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  /** The two models' colours, blue and orange, told apart with every kind of colour blindness; `#rrggbb`. */
  readonly base: string;
  readonly rlhf: string;
  /** Anchors' colours, used in turn; `#rrggbb`. */
  readonly anchors: readonly string[];
  readonly fontFamily: string;
  /** CSS pixels. */
  readonly fontSize: number;
}

/** As many as the style sheet names; anchors beyond begin again. */
export const ANCHOR_COLORS = 8;

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    foreground: read("--twinlens-foreground"),
    muted: read("--twinlens-muted"),
    background: read("--twinlens-background"),
    grid: read("--twinlens-grid"),
    base: read("--twinlens-base"),
    rlhf: read("--twinlens-rlhf"),
    anchors: Array.from({ length: ANCHOR_COLORS }, (_, i) => read(`--twinlens-anchor-${i}`)),
    fontFamily: style.fontFamily,
    fontSize: parseFloat(style.fontSize),
  };
}

/** VS Code marks the theme on the body and writes its colours into the root element's style. */
export function onThemeChange(react: () => void): void {
  const observer = new MutationObserver(react);
  observer.observe(document.body, {
    attributeFilter: ["class", "data-vscode-theme-id", "data-vscode-theme-kind"],
  });
  observer.observe(document.documentElement, { attributeFilter: ["style"] });
}
