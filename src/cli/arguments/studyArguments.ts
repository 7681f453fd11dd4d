import { parseArgs } from "node:util";
import * as bounds from "../../protocol/bounds";
import { type Measure, MEASURES } from "../../formats/study/studySchema";
import { UsageError } from "../exit";
import { asUsage, oneOf, wholeNumber } from "./arguments";
import { MODEL_OPTIONS, type NamedModels, namedModels } from "./modelArguments";

const FORMATS = ["table", "json", "csv", "markdown", "html"] as const;
export type StudyFormat = (typeof FORMATS)[number];

/** What `twinlens study` was asked to do. */
export interface StudyOptions extends NamedModels {
  /** The study's file; null: `corpora` are the study. */
  readonly file: string | null;
  readonly corpora: readonly string[];
  readonly gpu: "auto" | "off";
  readonly threads: number;
  /** What is measured this time; null: all that the study asks for. */
  readonly measures: readonly Measure[] | null;
  /** Of the results; null: beside the study's file, or, without one, nowhere. */
  readonly out: string | null;
  /** Forget what was measured before. */
  readonly fresh: boolean;
  readonly format: StudyFormat;
  /** Folder of a report in Markdown; null: beside the study's file. */
  readonly report: string | null;
}

/** @throws UsageError */
export function parseStudyArguments(args: readonly string[]): StudyOptions {
  const { values, positionals } = parse(args);
  const corpora = values.corpus ?? [];
  if (positionals.length + corpora.length === 0) {
    throw new UsageError("No study is given, and no --corpus.");
  }
  if (positionals.length > 1) throw new UsageError("One study at a time.");
  const models = namedModels(values);
  if (positionals.length > 0 && corpora.length > 0) {
    throw new UsageError("Give either a study's file or --corpus.");
  }
  if (positionals.length > 0 && Object.values(models).some((named) => named !== null)) {
    throw new UsageError(
      "The study's file names the models; --base, --rlhf, --pair and adapters go with --corpus.",
    );
  }
  const measures = measuresOf(values.only ?? values.measures);
  if (corpora.length > 0 && measures?.includes("shannon")) {
    throw new UsageError("shannon is measured on passages, which a study's file names.");
  }
  if (corpora.length > 0 && measures?.includes("tradeoff")) {
    throw new UsageError("tradeoff is measured on prompts, which a study's file names.");
  }
  if (values.fresh && values.resume) throw new UsageError("Give either --fresh or --resume.");
  const format = oneOf("--format", values.format ?? "table", FORMATS);
  if (values.report !== undefined && format !== "markdown") {
    throw new UsageError("--report is the folder of --format markdown.");
  }
  if (format === "markdown" && positionals.length === 0 && values.report === undefined) {
    throw new UsageError("--report says into which folder the report goes.");
  }
  return {
    file: positionals[0] ?? null,
    corpora,
    ...models,
    gpu: values.cpu ? "off" : "auto",
    threads: wholeNumber("--threads", values.threads, bounds.THREADS) ?? 0,
    measures,
    out: values.out ?? null,
    fresh: values.fresh ?? false,
    format,
    report: values.report ?? null,
  };
}

function measuresOf(list: string | undefined): Measure[] | null {
  if (list === undefined) return null;
  const names = list.split(",").map((name) => oneOf("--measures", name.trim(), MEASURES));
  return MEASURES.filter((measure) => names.includes(measure));
}

function parse(args: readonly string[]) {
  return asUsage(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        corpus: { type: "string", multiple: true },
        ...MODEL_OPTIONS,
        cpu: { type: "boolean" },
        threads: { type: "string" },
        only: { type: "string" },
        measures: { type: "string" },
        out: { type: "string" },
        fresh: { type: "boolean" },
        resume: { type: "boolean" },
        format: { type: "string" },
        report: { type: "string" },
      },
    }),
  );
}
