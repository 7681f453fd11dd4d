/** Draws figures with chart.js, in VS Code's colours and type. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  type Plugin,
  PointElement,
  ScatterController,
  Title,
  Tooltip,
} from "chart.js";
import type { Theme } from "../kit/theme";
import type { Figure, FigureChart, FigureConfiguration } from "./figure";

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
  Title,
  Tooltip,
);

export function drawChart(canvas: HTMLCanvasElement, figure: Figure, theme: Theme): FigureChart {
  applyTheme(theme);
  return new Chart(canvas, figure.configure(theme));
}

/** The figure at twice the given size (CSS pixels) on the theme's background: base64 of a PNG. */
export function renderPng(figure: Figure, theme: Theme, width: number, height: number): string {
  applyTheme(theme);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const chart = new Chart(canvas, forPicture(figure, theme));
  const url = canvas.toDataURL("image/png");
  chart.destroy();
  return url.slice(url.indexOf(",") + 1);
}

function forPicture(figure: Figure, theme: Theme): FigureConfiguration {
  const onScreen = figure.configure(theme);
  return {
    ...onScreen,
    options: {
      ...onScreen.options,
      responsive: false,
      devicePixelRatio: 2,
      layout: { padding: 12 },
      plugins: {
        ...onScreen.options?.plugins,
        title: { display: true, text: figure.title, color: theme.foreground, align: "start" },
      },
    },
    plugins: [background(theme.background)],
  };
}

function background(color: string): Plugin {
  return {
    id: "background",
    beforeDraw: ({ ctx, width, height }) => {
      ctx.save();
      ctx.fillStyle = color;
      ctx.fillRect(0, 0, width, height);
      ctx.restore();
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
  defaults.plugins.title.font = { weight: "bold", size: theme.fontSize };
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
