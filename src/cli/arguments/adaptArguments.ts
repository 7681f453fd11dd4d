import { parseArgs } from "node:util";
import {
  type AdaptationSettings,
  DEFAULT_LOW_RANK,
  DEFAULT_STEPS,
  DEFAULT_WINDOWS_PER_STEP,
  OPTIMIZERS,
} from "../../jobs/adaptation/settings";
import * as bounds from "../../protocol/bounds";
import { UsageError } from "../exit";
import { asUsage, numberBetween, oneOf, wholeNumber } from "./arguments";
import { type NamedTexts, namedTexts, TEXT_OPTIONS } from "./textArguments";

/** What `twinlens adapt` was asked to do. */
export interface AdaptOptions extends NamedTexts {
  /** File or name of the model. */
  readonly model: string;
  /** Of the adapter, or of the model where all weights are trained. */
  readonly out: string;
  /** What is written takes the place of a file that is there. */
  readonly overwrite: boolean;
  /** A training that was interrupted is gone on with. */
  readonly resume: boolean;
  readonly settings: AdaptationSettings;
  readonly gpu: "auto" | "off";
  readonly threads: number;
  readonly format: "table" | "json";
}

/** @throws UsageError */
export function parseAdaptArguments(args: readonly string[]): AdaptOptions {
  const { values, positionals } = parse(args);
  if (values.model === undefined) throw new UsageError("--model says which model is adapted.");
  const texts = namedTexts(values, positionals);
  if (!values.out) throw new UsageError("--out says where the adapter is written.");
  return {
    model: values.model,
    ...texts,
    out: values.out,
    overwrite: values.overwrite ?? false,
    resume: values.resume ?? false,
    settings: settingsOf(values),
    gpu: values.cpu ? "off" : "auto",
    threads: wholeNumber("--threads", values.threads, bounds.THREADS) ?? 0,
    format: oneOf("--format", values.format ?? "table", ["table", "json"]),
  };
}

function settingsOf(values: Values): AdaptationSettings {
  const weights = weightsOf(values);
  const optimizer = OPTIMIZERS[weights === "all" ? "all" : "lora"];
  const windowsPerStep = values["windows-per-step"];
  return {
    weights,
    learningRate: learningRate(values["learning-rate"]) ?? optimizer.learningRate,
    weightDecay: optimizer.weightDecay,
    steps: wholeNumber("--steps", values.steps, bounds.ADAPT_STEPS) ?? DEFAULT_STEPS,
    windowsPerStep:
      wholeNumber("--windows-per-step", windowsPerStep, bounds.ADAPT_WINDOWS_PER_STEP) ??
      DEFAULT_WINDOWS_PER_STEP,
    window: wholeNumber("--window", values.window, bounds.ADAPT_WINDOW),
    interval: wholeNumber("--interval", values.interval, bounds.ADAPT_STEPS),
    seed: wholeNumber("--seed", values.seed, bounds.SEED) ?? 1,
  };
}

function weightsOf(values: Values): AdaptationSettings["weights"] {
  const weights = oneOf("--weights", values.weights ?? "lora", ["lora", "all"]);
  const rank = wholeNumber("--rank", values.rank, bounds.ADAPT_RANK);
  const alpha = numberBetween("--alpha", values.alpha, bounds.ADAPT_ALPHA);
  if (weights === "lora") {
    return { rank: rank ?? DEFAULT_LOW_RANK.rank, alpha: alpha ?? DEFAULT_LOW_RANK.alpha };
  }
  if (rank === null && alpha === null) return weights;
  throw new UsageError("--rank and --alpha are an adapter's, which --weights all has none of.");
}

/** Written as people write rates, with or without an exponent. */
function learningRate(value: string | undefined): number | null {
  if (value === undefined) return null;
  const rate = Number(value);
  if (/^\d*\.?\d+(e-?\d+)?$/iu.test(value) && bounds.isWithin(bounds.ADAPT_LEARNING_RATE, rate)) {
    return rate;
  }
  const { least, most } = bounds.ADAPT_LEARNING_RATE;
  throw new UsageError(
    `--learning-rate is a number from ${least} to ${most}, such as 2e-4, not "${value}".`,
  );
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  return asUsage(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        model: { type: "string" },
        ...TEXT_OPTIONS,
        out: { type: "string" },
        overwrite: { type: "boolean" },
        resume: { type: "boolean" },
        steps: { type: "string" },
        weights: { type: "string" },
        rank: { type: "string" },
        alpha: { type: "string" },
        "learning-rate": { type: "string" },
        window: { type: "string" },
        "windows-per-step": { type: "string" },
        interval: { type: "string" },
        seed: { type: "string" },
        cpu: { type: "boolean" },
        threads: { type: "string" },
        format: { type: "string" },
      },
    }),
  );
}
