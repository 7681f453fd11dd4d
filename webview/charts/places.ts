/** Pointing at the places of a chart: by mouse, or with the arrow keys once the chart has the focus. */
import type { ActiveDataPoint } from "chart.js";
import { type FigureChart, NO_PLACE, type PlacedPoint, type Places } from "./figure";

/**
 * Arrow keys step by one place, Page Up and Page Down by a twentieth of all, Home and End go to the ends; Enter or a
 * click chooses. `reading` holds the words for what is pointed at.
 */
export function walkPlaces(
  canvas: HTMLCanvasElement,
  currentPlaces: () => Places,
  reading: HTMLElement,
  currentChart: () => FigureChart | null,
): void {
  let place = 0;

  const goTo = (next: number) => {
    const places = currentPlaces();
    place = Math.min(Math.max(next, 0), places.count - 1);
    reading.textContent = places.describe(place);
    const chart = currentChart();
    if (chart) highlight(chart, pointsAt(chart, place));
  };

  canvas.addEventListener("focus", () => {
    if (currentPlaces().count > 0 && canvas.matches(":focus-visible")) goTo(place);
  });
  canvas.addEventListener("blur", () => {
    reading.textContent = "";
    const chart = currentChart();
    if (chart) highlight(chart, []);
  });
  canvas.addEventListener("keydown", (event) => {
    const places = currentPlaces();
    if (places.count === 0) return;
    if (event.key === "Enter" || event.key === " ") places.choose?.(place);
    else {
      const next = step(event.key, place, places.count);
      if (next === null) return;
      goTo(next);
    }
    event.preventDefault();
  });
  canvas.addEventListener("click", (event) => {
    const chart = currentChart();
    const clicked = chart && placeAt(chart, event);
    if (clicked === null) return;
    goTo(clicked);
    currentPlaces().choose?.(clicked);
  });
  canvas.addEventListener("mousemove", (event) => {
    const chart = currentPlaces().choose && currentChart();
    canvas.classList.toggle("pointing", chart !== null && placeAt(chart, event) !== null);
  });
}

/** The place that a key leads to; null: it leads nowhere. It may lie beyond the ends. */
export function step(key: string, place: number, count: number): number | null {
  const page = Math.max(1, Math.round(count / 20));
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return place + 1;
    case "ArrowLeft":
    case "ArrowUp":
      return place - 1;
    case "PageDown":
      return place + page;
    case "PageUp":
      return place - page;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The place under the mouse by the chart's own rule of what is hit; null: none. */
function placeAt(chart: FigureChart, event: Event): number | null {
  const { mode = "nearest", intersect = true, axis } = chart.options.interaction ?? {};
  const hit = chart.getElementsAtEventForMode(
    event,
    mode,
    { intersect, ...(axis && { axis }) },
    false,
  );
  for (const { datasetIndex, index } of hit) {
    const point = points(chart, datasetIndex)[index];
    if (point && point.place !== NO_PLACE) return point.place;
  }
  return null;
}

function pointsAt(chart: FigureChart, place: number): ActiveDataPoint[] {
  return chart.data.datasets.flatMap((_, datasetIndex) => {
    const index = points(chart, datasetIndex).findIndex((point) => point.place === place);
    return index < 0 ? [] : [{ datasetIndex, index }];
  });
}

function points(chart: FigureChart, datasetIndex: number): readonly PlacedPoint[] {
  return chart.data.datasets[datasetIndex]?.data ?? [];
}

function highlight(chart: FigureChart, active: ActiveDataPoint[]): void {
  chart.setActiveElements(active);
  chart.tooltip?.setActiveElements(active, { x: 0, y: 0 });
  chart.update();
}
