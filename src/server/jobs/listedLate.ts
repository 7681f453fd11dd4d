import type { ListedWork } from "./jobs";

/** What takes longer is listed among the jobs, ms. */
const LISTED_AFTER_MS = 1000;

/**
 * Told of at once, and listed where it takes long.
 * @param add lists it, with the last step; null: there was none
 */
export function listedLate<Step>(
  add: (last: Step | null) => ListedWork<Step>,
  tell: (step: Step) => void,
): ListedWork<Step> {
  let last: Step | null = null;
  let listed: ListedWork<Step> | null = null;
  const late = setTimeout(() => (listed = add(last)), LISTED_AFTER_MS);
  return {
    move(step) {
      last = step;
      listed?.move(step);
      tell(step);
    },
    end() {
      clearTimeout(late);
      listed?.end();
    },
  };
}
