/** Draws figures with chart.js, in VS Code's colours and type. */
import {
  BarController,
  BarElement,
  BasicPlatform,
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from "chart.js";
import { svgElement } from "../kit/dom";
import { PRINT_THEME } from "../kit/printTheme";
import type { Theme } from "../kit/theme";
import type { Figure, FigureChart, FigureConfiguration } from "./figure";
import type { Drawing } from "./printForm";
import { svgContext } from "./svg/context";

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
);

export function drawChart(canvas: HTMLCanvasElement, figure: Figure, theme: Theme): FigureChart {
  applyTheme(theme);
  return new Chart(canvas, figure.configure(theme));
}

/**
 * The figure without its title, for print. chart.js takes what a figure leaves open from defaults that all its charts share,
 * so those of the window's theme are put back.
 */
export function drawForPrint(figure: Figure, onScreen: Theme): Drawing {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = PRINT_SIZES[figure.shape];
  const { context, root } = svgContext(canvas, figure.name);
  applyTheme(PRINT_THEME);
  try {
    const chart = new Chart(canvas, forPrint(figure.configure(PRINT_THEME), context));
    // A chart is drawn when it is made, and cleared when it is destroyed.
    const drawn = svgElement("g", {}, ...root.childNodes);
    chart.destroy();
    return { root: drawn, width: canvas.width, height: canvas.height };
  } finally {
    applyTheme(onScreen);
  }
}

/** CSS pixels, whatever the window's size; 640 are as wide as the text on a page of A4. */
const PRINT_SIZES: Readonly<Record<Figure["shape"], [width: number, height: number]>> = {
  normal: [480, 280],
  short: [480, 130],
  tall: [480, 480],
  wide: [640, 280],
};

function forPrint(
  onScreen: FigureConfiguration,
  context: CanvasRenderingContext2D,
): FigureConfiguration {
  const { options } = onScreen;
  return {
    ...onScreen,
    platform: class extends BasicPlatform {
      override acquireContext(): CanvasRenderingContext2D {
        return context;
      }
    },
    options: {
      ...options,
      responsive: false,
      devicePixelRatio: 1,
      // Lines whose segments may differ are drawn on the context itself, all others as a path that only browsers can read.
      datasets: { line: { segment: {} } },
    },
  };
}

function applyTheme(theme: Theme): void {
  const { defaults } = Chart;
  defaults.animation = false;
  defaults.maintainAspectRatio = false;
  defaults.color = theme.muted;
  defaults.borderColor = theme.grid;
  defaults.font.family = theme.fontFamily;
  defaults.font.size = theme.fontSize - 1;
  defaults.plugins.legend.align = "start";
  defaults.plugins.legend.onClick = () => undefined;
  defaults.plugins.legend.labels.usePointStyle = true;
  defaults.plugins.legend.labels.boxHeight = theme.fontSize / 2;
  defaults.plugins.legend.labels.color = theme.foreground;
  Object.assign(defaults.plugins.tooltip, {
    backgroundColor: theme.background,
    borderColor: theme.muted,
    borderWidth: 1,
    titleColor: theme.foreground,
    bodyColor: theme.foreground,
    usePointStyle: true,
    caretSize: 0,
    cornerRadius: 3,
    padding: 8,
  });
}
