import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import * as z from "zod/mini";
import type { StudyFault } from "../../protocol/studies";
import { ROLES } from "../../protocol/roles";
import { type StudyFile, studySchema } from "./studySchema";

/** A file that is no study; the message names every fault with its line. */
export class StudyFileError extends Error {
  override readonly name = "StudyFileError";

  /** In the order of the file. */
  readonly faults: readonly StudyFault[];

  constructor(faults: readonly StudyFault[]) {
    const ordered = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(ordered.map(({ line, message }) => `Line ${line}: ${message}`).join("\n"));
    this.faults = ordered;
  }
}

/** Reads a study file, YAML or JSON, which is YAML. @throws StudyFileError */
export function parseStudy(text: string): StudyFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): StudyFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), message };
  };
  if (document.errors.length > 0) {
    throw new StudyFileError(
      document.errors.map(({ pos, message }) => at(pos[0], `This is no YAML: ${message}`)),
    );
  }
  const value = plain(document, at);
  const parsed = studySchema.safeParse(value, { error: z.locales.en().localeError });
  if (parsed.success) {
    const faults = [
      ...repeatedNames(parsed.data),
      ...nothingToMeasure(parsed.data),
      ...tradeoffLacks(parsed.data),
    ].map(({ path, message }) => at(offsetOf(document, path), message));
    if (faults.length > 0) throw new StudyFileError(faults);
    return parsed.data;
  }
  throw new StudyFileError(
    parsed.error.issues.map((issue) => {
      const path =
        issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
      return at(offsetOf(document, path), messageOf(issue, document.getIn(issue.path)));
    }),
  );
}

function plain(document: Document, at: (offset: number, message: string) => StudyFault): unknown {
  try {
    // A few lines of aliases to aliases could be gigabytes.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new StudyFileError([at(0, `This is no study: ${(error as Error).message}`)]);
  }
}

type Path = readonly PropertyKey[];

/** Where a value, or the place that it is missing from, begins. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const found = keyOffset(document, path.slice(0, length));
    if (found !== null) return found;
  }
  return 0;
}

/** Of the key in a mapping, of the element in a list. */
function keyOffset(document: Document, path: Path): number | null {
  const parent: unknown =
    path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  const items = (parent as { items?: unknown[] } | null)?.items;
  if (!Array.isArray(items)) return null;
  const item: unknown =
    typeof key === "number"
      ? items[key]
      : items.map((one) => (one as { key?: unknown }).key).find((one) => nameOf(one) === key);
  return isNode(item) ? (item.range?.[0] ?? null) : null;
}

function nameOf(key: unknown): unknown {
  return (key as { value?: unknown } | null)?.value;
}

type Issue = z.core.$ZodIssue;

/** @param value that is at fault */
function messageOf(issue: Issue, value: unknown): string {
  const place = issue.path.join(".");
  const where = place === "" ? "" : `${place}: `;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    const unknown = issue.keys.map((key) => `"${key}"`).join(", ");
    return `${where}there is no setting ${unknown}; there are ${known.join(", ")}.`;
  }
  if (value === undefined && place !== "") return `${where}it is missing.`;
  return `${where}${issue.message}.`;
}

/** The names that a mapping of the file may have. */
function keysAt(path: Path): string[] {
  interface Shape {
    readonly properties?: Readonly<Record<string, Shape>>;
    readonly items?: Shape;
  }
  let shape = z.toJSONSchema(studySchema, { io: "input" }) as Shape | undefined;
  for (const key of path) {
    shape = typeof key === "number" ? shape?.items : shape?.properties?.[String(key)];
  }
  return Object.keys(shape?.properties ?? {}).filter((name) => name !== "$schema");
}

interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** What is measured: lists of the file, whose names are names of one kind. */
const MEASURED_LISTS = ["corpora", "passages", "prompts", "recorded"] as const;

function nothingToMeasure(study: StudyFile): Fault[] {
  if (MEASURED_LISTS.some((list) => study[list].length > 0)) return [];
  return [
    { path: [], message: `Nothing is measured: one of ${MEASURED_LISTS.join(", ")} is needed.` },
  ];
}

/** What the measure `tradeoff` needs besides its name. */
function tradeoffLacks({ measures, prompts, corpora, tradeoff }: StudyFile): Fault[] {
  if (!measures?.includes("tradeoff")) return [];
  const faults: Fault[] = [];
  const lacks = (path: Path, message: string) => faults.push({ path, message });
  if (prompts.length === 0) {
    lacks(["measures"], "tradeoff needs prompts, of which the model draws the samples.");
  }
  if (corpora.length === 0) {
    lacks(["measures"], "tradeoff needs corpora, whose documents are held out.");
  }
  if (tradeoff?.scorer === "judge" && tradeoff.judge === undefined) {
    lacks(["tradeoff", "scorer"], "tradeoff: the scorer judge needs a model: judge: { model: … }.");
  }
  return faults;
}

/** Pairs, stages and what is measured are known by name. */
function repeatedNames(study: StudyFile): Fault[] {
  return [
    ...repeatedIn(study, ["pairs"]),
    ...repeatedIn(study, MEASURED_LISTS),
    ...(study.pairs ?? []).flatMap(rolesAmongStages),
    ...(study.pairs ?? []).flatMap(adaptersOfNobody),
  ];
}

/** @param lists whose names are names of one kind */
function repeatedIn(
  study: StudyFile,
  lists: readonly ("pairs" | (typeof MEASURED_LISTS)[number])[],
): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const list of lists) {
    for (const [i, { name }] of (study[list] ?? []).entries()) {
      const message = `${list}.${i}: "${name}" is named already.`;
      if (seen.has(name)) faults.push({ path: [list, i, "name"], message });
      seen.add(name);
    }
  }
  return faults;
}

function rolesAmongStages(
  { stages = {} }: NonNullable<StudyFile["pairs"]>[number],
  i: number,
): Fault[] {
  return ROLES.filter((role) => Object.hasOwn(stages, role)).map((role) => ({
    path: ["pairs", i, "stages", role],
    message: `pairs.${i}.stages: "${role}" stands beside the stages; choose another name.`,
  }));
}

function adaptersOfNobody(
  { stages = {}, adapters = {} }: NonNullable<StudyFile["pairs"]>[number],
  i: number,
): Fault[] {
  const known = [...ROLES, ...Object.keys(stages)];
  return Object.keys(adapters)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ["pairs", i, "adapters", name],
      message: `pairs.${i}.adapters: the pair has no model "${name}"; it has ${known.join(", ")}.`,
    }));
}
