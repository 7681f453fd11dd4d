import { plainLabel } from "../analysis/format";

/** Foreign text for notifications, where `[label](target)` becomes a link that may even run a command. */
export function plainMessage(text: string): string {
  return plainLabel(text).replaceAll("](", "]\u200b(");
}
