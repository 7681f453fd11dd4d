/** What a figure is made of; `figureView.ts` puts it on the page. */
import type { Chart, ChartConfiguration } from "chart.js";
import type { Theme } from "../kit/theme";
import type { Table } from "./table";

export interface Figure {
  /** Letters and dashes; the name of its files. */
  readonly name: string;
  readonly title: string;
  /** What the quantity means that the figure shows. */
  readonly explanation: string;
  /** How to read it. */
  readonly caption: string;
  /** What can be done with it on the page, a sentence; absent: no more than with any other. */
  readonly hint?: string;
  /** Tall figures get more room, wide ones a row of their own. */
  readonly shape: "normal" | "short" | "tall" | "wide";
  readonly configure: (theme: Theme) => FigureConfiguration;
  readonly table: Table;
  readonly places: Places;
}

/** What can be pointed at; the chart's data points carry the place's number ({@link PlacedPoint}). */
export interface Places {
  readonly count: number;
  /** One line of text, read out by screen readers as well. */
  readonly describe: (place: number) => string;
  /** Goes there, by click or Enter; null: there is nowhere to go. */
  readonly choose: ((place: number) => void) | null;
}

/** A data point of a chart; `x` is a label where the axis has categories. */
export interface PlacedPoint {
  readonly x: number | string;
  readonly y: number;
  readonly place: number;
}

/** The place of points that only guide the eye. */
export const NO_PLACE = -1;

export type FigureConfiguration = ChartConfiguration<FigureType, PlacedPoint[], string>;
export type FigureChart = Chart<FigureType, PlacedPoint[], string>;
type FigureType = "bar" | "line" | "scatter";
