import type { Generator } from "./random";

/** The items in an order drawn uniformly from all (Fisher and Yates, as Durstenfeld 1964 has it). */
export function shuffled<T>(items: readonly T[], random: Generator): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
