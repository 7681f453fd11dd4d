import { parsedJson } from "../../formats/json";

/** A record of a file, and how messages name its place: `Line 3`. */
export interface FileRecord {
  readonly value: unknown;
  readonly place: string;
}

/** Why a file can't be read as what it should hold; the message names the place and what was expected. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/**
 * The records of a file's text: of JSON lines, of one JSON document (an array's elements, or an object alone), or the lines of
 * plain text as strings. Blank lines are none.
 * @throws RecordError where a text begins as JSON and does not go on as such
 */
export function readRecords(file: string): FileRecord[] {
  // A file that was written again by a program that adds a byte order mark has two.
  const text = file.replace(/^\uFEFF+/u, "");
  const lines = filledLines(text);
  return jsonLines(lines) ?? jsonStrings(lines) ?? jsonDocument(text) ?? plainLines(lines);
}

interface Line extends FileRecord {
  readonly value: string;
}

function filledLines(text: string): Line[] {
  return text
    .split(/\r?\n/u)
    .map((value, i) => ({ value, place: `Line ${i + 1}` }))
    .filter(({ value }) => value.trim() !== "");
}

/** @throws RecordError where most lines are JSON: then the first is what can't be read */
function plainLines(lines: readonly Line[]): Line[] {
  const objects = lines.filter(({ value }) => /^\s*\{/u.test(value) && isObject(parsedJson(value)));
  const [first] = lines;
  if (first && objects.length * 2 > lines.length) {
    throw new RecordError(`${first.place} is not valid JSON, and other lines are.`);
  }
  return [...lines];
}

/** null: the first line is no object. */
function jsonLines(lines: readonly Line[]): FileRecord[] | null {
  const [first] = lines;
  if (first === undefined || !isObject(parsedJson(first.value))) return null;
  return lines.map(({ value, place }) => {
    const record = parsedJson(value);
    if (record === undefined) throw new RecordError(`${place} is not valid JSON.`);
    return { value: record, place };
  });
}

/** null: there is a line that is no JSON string, so that quotation marks belong to plain text. */
function jsonStrings(lines: readonly Line[]): FileRecord[] | null {
  if (!lines[0]?.value.trimStart().startsWith('"')) return null;
  const strings = lines.map(({ value, place }) => ({ value: parsedJson(value), place }));
  return strings.every(({ value }) => typeof value === "string") ? strings : null;
}

/** null: the text is plain. */
function jsonDocument(text: string): FileRecord[] | null {
  if (!/^\s*[[{]/u.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [{ value, place: "The object" }];
    return value.map((record: unknown, i) => ({ value: record, place: `Record ${i + 1}` }));
  } catch (error) {
    // A plain text may begin with a bracket or a brace, but hardly as JSON goes on.
    if (!/^\s*(?:\{\s*["}]|\[\s*[[{"\]])/u.test(text)) return null;
    throw new RecordError(`The file is not valid JSON: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
