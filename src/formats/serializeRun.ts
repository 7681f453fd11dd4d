import { jsonLine } from "./json";
import { type Run, type RunSample, runSchema, type RunSide, sampleSchema } from "./run";

/**
 * Writes a run: keys in the schema's order, numbers to five significant digits, and one sample, row or span a line, so
 * that versions of a file compare well. Samples stand in the order of their numbers unless something refers to their
 * places. Their lines are kept: a run that grows is written every few seconds.
 */
export function serializeRun(run: Run): string {
  // Parsing puts the keys in order.
  const ordered = runSchema.parse({ ...run, rlhf: bare(run.rlhf), base: bare(run.base) });
  const written = { ...ordered, rlhf: withLines(ordered.rlhf, run.rlhf) };
  return `${writeLines({ ...written, base: withLines(ordered.base, run.base) }, "")}\n`;
}

function bare(side: RunSide | null): RunSide | null {
  return side && { ...side, samples: [] };
}

/** What is written already, and stands for itself. */
class Line {
  constructor(readonly text: string) {}
}

function withLines(ordered: RunSide | null, side: RunSide | null) {
  if (ordered === null || side === null) return null;
  const isReferredTo = side.alignment ?? side.mafft ?? side.anchors;
  const samples = isReferredTo ? side.samples : side.samples.toSorted((a, b) => a.index - b.index);
  return { ...ordered, samples: samples.map(sampleLine) };
}

interface KnownLine {
  readonly of: RunSample;
  readonly line: Line;
}

const knownLines = new WeakMap<RunSample, KnownLine>();

/** A sample's line: written once, and anew when one of its parts has been replaced. */
function sampleLine(sample: RunSample): Line {
  const known = knownLines.get(sample);
  if (known !== undefined && isUnchanged(known.of, sample)) return known.line;
  const line = new Line(writeLine(sampleSchema.parse(sample)));
  knownLines.set(sample, { of: { ...sample }, line });
  return line;
}

function isUnchanged(before: RunSample, now: RunSample): boolean {
  return (Object.keys(now) as (keyof RunSample)[]).every((key) => before[key] === now[key]);
}

/** Objects get one key per line, arrays of objects or arrays one element per line; all else stays on one line. */
function writeLines(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.some(isNested)) {
    return `[\n${value.map((item) => inner + writeLine(item)).join(",\n")}\n${indent}]`;
  }
  if (Array.isArray(value) || !isNested(value)) return writeLine(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${writeLines(item, inner)}`,
  );
  return `{\n${entries.join(",\n")}\n${indent}}`;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function writeLine(value: unknown): string {
  if (value instanceof Line) return value.text;
  return jsonLine(value, 5);
}
