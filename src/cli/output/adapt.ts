/** What adapting a model has gained, as the command line writes it. */
import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes, formatNumber, formatPerplexity } from "../../analysis/presentation/format";
import { changeText, lossText } from "../../analysis/presentation/heldOutText";
import type { LoadedModel } from "../../engine/engine";
import type { Adaptation } from "../../jobs/adaptation/adapt";
import { type AdaptationTexts, leftOutWords } from "../../jobs/adaptation/planAdaptation";
import type { AdaptOptions } from "../arguments/adaptArguments";
import { alignColumns } from "./columns";
import { shellWord } from "./shellWord";
import { visibleLines } from "./visibleLines";

/** What the numbers of the JSON are. */
const UNITS = {
  window: "tokens that a window predicts, at most",
  texts:
    "documents, pieces and tokens that are predicted, by part; leftOut: documents that were read and not used",
  tokens:
    "tokens that are predicted: all but the first of each piece, which is BOS where the model uses one",
  epochs: "how often the steps predict each training token, on average",
  memoryBytes: "bytes that training was estimated to take beside the model",
  trainLoss:
    "nats per predicted token: the mean over a step's windows before the step, by step from 1",
  "curve.*.loss":
    "nats per predicted token of held-out pieces after the step; step 0 is the model as it was",
  "curve.*.perplexity": "e to the loss",
  chosenStep: "the step of least loss on the part that chooses; 0: no step was better than none",
  "report.before, report.after":
    "loss of the part that reports, nats per predicted token, and e to it, as the model was and after the chosen step",
  "report.change":
    "after - before, nats per predicted token of the part that reports; low and high: 95 % interval, documents drawn whole; null: too few",
  byDocument:
    "of each document that reports: tokens that are predicted, and the sum of nats that they lose before and after",
  seconds: "of this call, without what was done before an interruption",
};

/** Everything that was measured, with the model, all that was asked for, and what the numbers are. */
export function toAdaptJson(
  { facts }: LoadedModel,
  found: Adaptation,
  settings: AdaptOptions,
): string {
  return `${JSON.stringify({ model: facts, settings, units: UNITS, ...found }, null, 2)}\n`;
}

/** The learning curve, what was gained, and what to do with it. */
export function toAdaptTable(
  { facts }: LoadedModel,
  found: Adaptation,
  options: AdaptOptions,
): string {
  const lines = [
    `${facts.name}, ${weightsWords(options.settings)}, adapted in ${options.settings.steps} steps`,
    ...textsWords(found.texts),
    `Training took ${durationWords(found.seconds)} and ${formatBytes(found.memoryBytes)}.`,
    "",
    ...alignColumns(curveRows(found), 0),
    "",
    ...gainWords(found, options),
  ];
  return visibleLines(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}

function weightsWords({ weights }: AdaptOptions["settings"]): string {
  return weights === "all"
    ? "all weights"
    : `an adapter of rank ${weights.rank}, alpha ${weights.alpha}`;
}

function textsWords({ train, choose, report, leftOut }: AdaptationTexts): string[] {
  const size = ({ documents, tokens }: AdaptationTexts["choose"]) =>
    `${formatNumber(tokens, 0)} tokens of ${documents} document${documents === 1 ? "" : "s"}`;
  const left = leftOutWords(leftOut);
  return [
    `Trained on ${size(train)} (${formatNumber(train.epochs, 2)} epochs), chosen on ${size(choose)}, reported on ${size(report)}.`,
    ...(left.length === 0 ? [] : [`Documents left out: ${left.join(", ")}.`]),
  ];
}

/** Training losses are means over the steps since the measurement before. */
function curveRows({ curve, trainLoss, chosenStep }: Adaptation): string[][] {
  const rows = curve.map(({ step, choose, report }, i) => {
    const since = trainLoss.slice(i === 0 ? 0 : curve[i - 1]!.step, step);
    return [
      step === chosenStep ? `* ${step}` : String(step),
      formatNumber(since.reduce((sum, loss) => sum + loss, 0) / since.length, 4),
      formatNumber(choose.loss, 4),
      formatNumber(report.loss, 4),
      formatPerplexity(report.perplexity),
    ];
  });
  return [["step", "training", "choosing", "reporting", "perplexity"], ...rows];
}

function gainWords({ chosenStep, report }: Adaptation, options: AdaptOptions): string[] {
  if (chosenStep === 0) return ["On the texts that choose no step was better than none."];
  return [
    `Step ${chosenStep} was best on the texts that choose. On those that report it takes the loss ${lossText(report)}`,
    `${changeText(report)}.`,
    "",
    `${options.out} is written. To score texts with it:`,
    `  ${scoreCommand(options)}`,
  ];
}

function scoreCommand({ model, out, settings }: AdaptOptions): string {
  const used =
    settings.weights === "all"
      ? `--rlhf ${shellWord(out)}`
      : `--rlhf ${shellWord(model)} --rlhf-adapter ${shellWord(out)}`;
  return `twinlens score FILE ${used}`;
}
