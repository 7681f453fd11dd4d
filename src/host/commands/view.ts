import { type QuickPickItem, ThemeColor, ThemeIcon, window } from "vscode";
import type { View } from "../../protocol/settings";
import type { App } from "../app";
import { reach } from "../window/milestones";
import { availableViews } from "../heatmap/shownView";
import { viewExplanations, viewIcons, viewNames } from "../heatmap/legend";

type ViewItem = QuickPickItem & { readonly view: View };

export async function chooseView({ settings, pair, view: shown }: App): Promise<void> {
  const current = shown();
  const items = availableViews(pair()).map((view): ViewItem => ({
    view,
    label: viewNames[view],
    description: view === current ? "shown now" : "",
    detail: viewExplanations[view],
    iconPath: iconOf(view),
  }));
  // The first entry is the one chosen when the list opens.
  items.sort((a, b) => Number(b.view === current) - Number(a.view === current));
  const picked = await window.showQuickPick(items, { title: "Choose What the Colours Say" });
  if (!picked) return;
  await settings.setView(picked.view);
  reach("view");
}

function iconOf(view: View): ThemeIcon {
  const { icon, color } = viewIcons[view];
  return new ThemeIcon(icon, color === undefined ? undefined : new ThemeColor(color));
}

export async function toggleLive({ live }: App): Promise<void> {
  await live.toggle();
}
