/** What is said of models that are adapted to texts. */
import { posix } from "node:path";
import { durationWords } from "../../analysis/presentation/duration";
import { formatNumber, formatPercent } from "../../analysis/presentation/format";
import { changeText, lossText } from "../../analysis/presentation/heldOutText";
import type { AdaptationProgress, AdaptedModel } from "../../protocol/adaptation";

/** `Step 40 of 200, loss 3.210, 350 tokens/s · about 4 min left` */
export function adaptationText({ what, fraction, secondsLeft }: AdaptationProgress): string {
  if (secondsLeft !== null) return `${what} · ${durationWords(secondsLeft)} left`;
  return fraction === null ? what : `${what}, ${formatPercent(fraction, 0)}`;
}

/** What adapting has gained, on texts that the model was not trained on. */
export function gainText(adapted: AdaptedModel): string {
  const { model, chosenStep, report } = adapted;
  if (chosenStep === 0) {
    return `${model} was not adapted: after no step did it predict texts that were held out better than before, so nothing was written. Give it more texts, or texts that are more alike.`;
  }
  const verdict = VERDICTS[verdictOn(report.change)];
  const loss = `its loss goes ${lossText(report)} ${changeText(report)}`;
  return [
    `${model} is adapted ${trainedText(adapted)}. ${verdict} ${loss}.`,
    ...left(adapted),
  ].join(" ");
}

const VERDICTS = {
  better: "It predicts texts that were held out better:",
  worse: "It predicts texts that were held out worse:",
  unsure: "Whether it predicts texts that were held out better can't be told from chance:",
  unknown: "On texts that were held out",
} as const;

function verdictOn({ low, high }: AdaptedModel["report"]["change"]): keyof typeof VERDICTS {
  if (low === null || high === null) return "unknown";
  if (high < 0) return "better";
  return low > 0 ? "worse" : "unsure";
}

function trainedText({ chosenStep, steps, trained }: AdaptedModel): string {
  const { documents, tokens } = trained;
  const of = chosenStep === steps ? `in ${steps} steps` : `in ${chosenStep} of ${steps} steps`;
  return `${of} to ${formatNumber(tokens, 0)} tokens of ${documents} document${documents === 1 ? "" : "s"}`;
}

function left({ leftOut }: AdaptedModel): string[] {
  return leftOut.length === 0 ? [] : [`Documents left out: ${leftOut.join(", ")}.`];
}

/** `prose-base.gguf`, of texts in a folder of that name. @param texts at least one path, with `/` */
export function adapterNameOf(texts: readonly string[], role: string): string {
  const [first = ""] = texts;
  const name = texts.length === 1 ? posix.parse(first).name : posix.basename(posix.dirname(first));
  return `${name || "texts"}-${role}.gguf`;
}
