/** Axes and series in the one look that all charts share. */
import type { ScaleOptionsByType } from "chart.js";
import { type Role, ROLE_TITLES } from "../../src/protocol/roles";
import type { Theme } from "../kit/theme";

export function axis(title: string, theme: Theme) {
  return {
    title: { display: true, text: title, color: theme.muted },
    border: { display: false },
    ticks: { maxRotation: 0, autoSkipPadding: 12 },
  } satisfies DeepPartial<ScaleOptionsByType<"linear">>;
}

/** A model's colour and mark: the mark tells the two apart without any colour. */
export function series(role: Role, theme: Theme) {
  const color = theme[role];
  return {
    label: ROLE_TITLES[role],
    borderColor: color,
    backgroundColor: color,
    pointStyle: role === "base" ? ("circle" as const) : ("triangle" as const),
  };
}

type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
