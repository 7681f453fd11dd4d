import { type QuickPickItem, ThemeColor, ThemeIcon, window } from "vscode";
import type { View } from "../../protocol/settings";
import type { App } from "../app";
import { reach } from "../milestones";
import { availableViews } from "../heatmap/shownView";
import { viewExplanations, viewNames } from "../heatmap/legend";

type ViewItem = QuickPickItem & { readonly view: View };

const icons: Readonly<Record<View, ThemeIcon>> = {
  difference: new ThemeIcon("arrow-swap"),
  base: new ThemeIcon("circle-large-filled", new ThemeColor("twinlens.base")),
  rlhf: new ThemeIcon("circle-large-filled", new ThemeColor("twinlens.rlhf")),
  rank: new ThemeIcon("list-ordered", new ThemeColor("twinlens.rlhf")),
  baseRank: new ThemeIcon("list-ordered", new ThemeColor("twinlens.base")),
};

export async function chooseView({ settings, pair, view: shown }: App): Promise<void> {
  const current = shown();
  const items = availableViews(pair()).map((view): ViewItem => ({
    view,
    label: viewNames[view],
    description: view === current ? "shown now" : "",
    detail: viewExplanations[view],
    iconPath: icons[view],
  }));
  // The first entry is the one chosen when the list opens.
  items.sort((a, b) => Number(b.view === current) - Number(a.view === current));
  const picked = await window.showQuickPick(items, { title: "Choose What the Colours Say" });
  if (!picked) return;
  await settings.setView(picked.view);
  reach("view");
}

export async function toggleLive({ live }: App): Promise<void> {
  await live.toggle();
}
