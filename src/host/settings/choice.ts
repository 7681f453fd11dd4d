import { existsSync } from "node:fs";
import type { ExtensionContext, LogOutputChannel } from "vscode";
import type { Configuration } from "../../protocol/configuration";
import { ROLES } from "../../protocol/roles";
import type { App } from "../app";
import { shownView } from "../heatmap/shownView";
import { LiveMode } from "../window/liveMode";
import { embeddedPair, resolvePair } from "./pairs";
import { UserSettings } from "./settings";

/** What the user has chosen: settings, and the pair and the view that follow from them. */
export type Choice = Pick<App, "settings" | "live" | "embedded" | "pair" | "view">;

export function createChoice(context: ExtensionContext, log: LogOutputChannel): Choice {
  const settings = new UserSettings((message) => log.warn(message));
  const live = new LiveMode(context);
  const embedded = embeddedPair(context.extensionPath, existsSync);
  const pair = () => resolvePair(settings.current.pairs, settings.current.pair, embedded);
  const view = () => shownView(settings.current.view, pair());
  return { settings, live, embedded, pair, view };
}

export function hasPair({ pair }: Choice): boolean {
  return !("problem" in pair());
}

/** Whether both models of the pair in use are the user's own. */
export function isPairOfUser({ pair, embedded }: Choice): boolean {
  const inUse = pair();
  if ("problem" in inUse) return false;
  // The embedded models with an adapter are the embedded ones.
  return ROLES.every((role) => inUse[role] && inUse[role].path !== embedded?.[role]?.path);
}

/** The choice as the server needs it. @param storagePath folder for what is kept */
export function configurationOf(
  { settings, live, pair }: Choice,
  storagePath: string,
): Configuration {
  const inUse = pair();
  return {
    settings: settings.current,
    live: live.isOn,
    pair: "problem" in inUse ? { name: "", base: null, rlhf: null } : inUse,
    storagePath,
  };
}
