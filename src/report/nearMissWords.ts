/** What comes nearest to an anchor, in words. */
import { shortened, visibleText } from "../analysis/presentation/format";
import type { AnchorsView, NearMissView } from "../protocol/anchorViews";

/** Sentences to follow one that says that there is no anchor; plain text. */
export function nearMissWords({ options, nearMisses }: AnchorsView): string[] {
  if (nearMisses === null) return [];
  const { longest, commonest } = nearMisses;
  return [
    longest === null
      ? "Not even one character stands at the same place in so many samples."
      : `The longest text that does so in ${longest.samples} samples has ${counted(longest)}.`,
    commonest === null
      ? `No two samples share ${options.minLength} characters at the same place.`
      : `The commonest text of that length is in ${commonest.samples} samples: ${quoted(commonest)}.`,
  ];
}

function counted(miss: NearMissView): string {
  return `${miss.length} ${miss.length === 1 ? "character" : "characters"}: ${quoted(miss)}`;
}

/** Characters of a text that is quoted in a sentence. */
const LONGEST_QUOTE = 60;

function quoted({ text }: NearMissView): string {
  return `“${shortened(visibleText(text), LONGEST_QUOTE)}”`;
}
