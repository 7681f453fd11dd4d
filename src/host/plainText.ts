import { visibleText } from "../analysis/format";

/**
 * Foreign text (of a model, a file or a server) for places of the editor where `$(name)` becomes an icon: status bar,
 * quick picks, tree items.
 */
export function plainLabel(text: string): string {
  return visibleText(text).replaceAll("$(", "$\u200b(");
}

/** Foreign text for notifications, where `[label](target)` becomes a link that may even run a command. */
export function plainMessage(text: string): string {
  return plainLabel(text).replaceAll("](", "]\u200b(");
}
