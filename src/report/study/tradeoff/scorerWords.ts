import type { Tradeoff } from "../../../formats/study/tradeoff";
import type { Scorer } from "../../../formats/study/tradeoffSettings";

/** What each rule prefers, within a sentence. */
const PREFERRED: Readonly<Record<Scorer, string>> = {
  length: "the longest",
  rlhf: "the most probable per token to the RLHF twin",
  advantage: "the one that the RLHF twin finds likelier per token than base did, by most",
  judge: "the one that a judge is surest of",
};

/** Which of a prompt's samples is trained on, within a sentence. */
export function preferredWords({ bestOf, scorer }: Pick<Tradeoff, "bestOf" | "scorer">): string {
  return bestOf === 1
    ? "the one that it draws of each prompt, without a preference"
    : `of ${bestOf} of each prompt ${PREFERRED[scorer]}`;
}
