/** A study's figures as data: what the command line writes into reports, and the study panel shows. */

export interface StudyReport {
  readonly title: string;
  readonly figures: readonly StudyFigure[];
  /** How it was measured, and with what; a line each. */
  readonly methods: readonly string[];
  /** What else a reader must know: substitutes, records left out; a line each. */
  readonly notes: readonly string[];
}

/** Names in it are text of models and files, as it is: whoever shows it makes it visible and escapes it. */
export interface StudyFigure {
  /** Of its own within a report; names its files. */
  readonly id: string;
  readonly title: string;
  /** Whose numbers they are and how many there are, a line each. */
  readonly subject: readonly string[];
  /** What it shows for these models, in plain words. */
  readonly sentence: string;
  /** How it is read. */
  readonly caption: string;
  readonly plot: Plot;
  readonly table: FigureTable;
}

export interface FigureTable {
  readonly columns: readonly string[];
  /** `[row][column]`; null: there is no number. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** What each row's first cell opens, `[row]`, as {@link Point.target}; absent: nothing. */
  readonly targets?: readonly (string | null)[];
}

export type Plot =
  /** A bar for each group and series; groups of a category stand together. */
  | {
      readonly kind: "bars";
      readonly groups: readonly BarGroup[];
      readonly series: readonly BarSeries[];
      readonly y: Axis;
      /** What the lines across bars are, for the legend; absent: there are none. */
      readonly level?: string;
    }
  /** Values that are joined, with the bands of their intervals. */
  | XYPlot<"lines">
  /** Values that stand alone. */
  | XYPlot<"points">
  /** Several quantities over one axis, each in a small plot of its own. */
  | { readonly kind: "panels"; readonly panels: readonly XYPlot<"lines">[] };

export interface XYPlot<Kind extends "lines" | "points"> {
  readonly kind: Kind;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly PointSeries[];
  /** Whether both axes have one scale, and a line shows where both values are equal. */
  readonly diagonal: boolean;
}

export interface Axis {
  /** What is shown, with its unit where it has one. */
  readonly label: string;
  /** On a logarithmic axis there is no place for what is not above zero. */
  readonly scale: "linear" | "log";
  /** `percent`: values are shares, and 1 is written as 100 %. */
  readonly format: "number" | "percent";
}

/** A colour: of the two models that are compared, of a third one, or of what they are held against, such as published numbers. */
export type Family = "base" | "rlhf" | "other" | "quoted";

export interface BarGroup {
  readonly label: string;
  /** Empty: it belongs to none. */
  readonly category: string;
}

export interface BarSeries {
  readonly name: string;
  readonly role: Family;
  /** `[group]`; null: not measured. */
  readonly values: readonly (Interval | null)[];
  /** What each bar is held against, a line across it, `[group]`; null: nothing. */
  readonly levels?: readonly (Level | null)[];
}

/** A value that a bar is held against, and what it is the value of. */
export interface Level {
  readonly value: number;
  readonly label: string;
}

/** A value with the ends of its interval; null: it has none. */
export interface Interval {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PointSeries {
  readonly name: string;
  readonly role: Family;
  /** Lines join them in this order. */
  readonly points: readonly Point[];
  /** Among lines: a line without marks, or marks without a line; absent: both. */
  readonly drawnAs?: "line" | "marks";
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The interval of `y`; null or absent: there is none. */
  readonly low?: number | null;
  readonly high?: number | null;
  /** Names what it is the value of, such as a document. */
  readonly label?: string;
  /** What is opened by choosing it: a document of a corpus. */
  readonly target?: string;
}
