import { plainLabel } from "./format";

/**
 * What a notification says, and a question that waits for an answer: whoever reads it learns which extension it is from.
 * Foreign text in it stays text: there `[label](target)` would become a link that may even run a command.
 */
export function notificationText(text: string): string {
  return `Twinlens: ${plainLabel(text).replaceAll("](", "]\u200b(")}`;
}
