import { parseArgs } from "node:util";
import { parseThreshold, type Threshold } from "../../report/check/threshold";
import { UsageError } from "../exit";
import { asUsage, oneOf } from "./arguments";

const CHECK_FORMATS = ["text", "junit", "github"] as const;
const LIST_FORMATS = ["text", "json", "csv"] as const;

/** What `twinlens check` was asked to do. */
export type CheckOptions = {
  /** Results, or studies beside which they lie. */
  readonly files: readonly string[];
} & (
  | {
      readonly work: "list";
      readonly format: (typeof LIST_FORMATS)[number];
    }
  | {
      readonly work: "check";
      readonly thresholds: readonly Threshold[];
      readonly format: (typeof CHECK_FORMATS)[number];
      /** JUnit XML is written there as well; null: nowhere. */
      readonly junit: string | null;
      readonly allowIncomplete: boolean;
    }
);

/** @throws UsageError */
export function parseCheckArguments(args: readonly string[]): CheckOptions {
  const { values, positionals: files } = parse(args);
  if (files.length === 0) throw new UsageError("No results are given, and no study.");
  const thresholds = (values["fail-if"] ?? []).map((text) => asUsage(() => parseThreshold(text)));
  const format = values.format ?? "text";
  if (values.list) {
    if (thresholds.length > 0) throw new UsageError("Give either --list or --fail-if.");
    return { work: "list", files, format: oneOf("--format of --list", format, LIST_FORMATS) };
  }
  if (thresholds.length === 0) {
    throw new UsageError("Give a threshold by --fail-if; --list shows what it may be about.");
  }
  return {
    work: "check",
    files,
    thresholds,
    format: oneOf("--format", format, CHECK_FORMATS),
    junit: values.junit ?? null,
    allowIncomplete: values["allow-incomplete"] ?? false,
  };
}

function parse(args: readonly string[]) {
  return asUsage(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "fail-if": { type: "string", multiple: true },
        list: { type: "boolean" },
        format: { type: "string" },
        junit: { type: "string" },
        "allow-incomplete": { type: "boolean" },
      },
    }),
  );
}
