/** Thresholds as they are written: `increase{corpus="C4", stage="rlhf"} > 20` (docs/check.md). */
import { shortened } from "../../analysis/presentation/format";
import { QUANTITY_KINDS, type QuantityKind } from "../study/quantities";
import { nearestFirst } from "./nearest";

/** What must not be true of any number that it matches. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly kind: QuantityKind;
  /** The number itself, or an end of its 95 % interval. */
  readonly end: End;
  readonly filters: readonly Filter[];
  readonly operator: Operator;
  /** In the unit of the quantity. */
  readonly bound: number;
}

/** Which numbers are meant: all filters must hold. */
export interface Filter {
  readonly label: string;
  readonly isEqual: boolean;
  readonly value: string;
}

const ENDS = ["low", "high"] as const;
export type End = "value" | (typeof ENDS)[number];

export const OPERATORS = [">=", "<=", ">", "<"] as const;
export type Operator = (typeof OPERATORS)[number];

/** A text that is no threshold; the message says where it goes wrong, and what may stand there. */
export class ThresholdError extends Error {
  override readonly name = "ThresholdError";
}

/** @throws ThresholdError */
export function parseThreshold(text: string): Threshold {
  const reader: Reader = new Reader(text);
  const kind = kindAt(reader);
  const end = reader.takes(".") ? oneOf(reader, "an end of the interval", ENDS) : "value";
  const filters = reader.takes("{") ? filtersAt(reader, kind) : [];
  const operator = OPERATORS.find((candidate) => reader.takes(candidate));
  if (operator === undefined) reader.expected("one of > >= < <=");
  const numberAt = reader.position();
  const bound = reader.take(NUMBER);
  if (bound === null || !Number.isFinite(Number(bound))) {
    reader.expected("a number such as 20 or -0.5", numberAt);
  }
  if (kind.unit !== "%" && reader.sees("%")) {
    throw reader.fault(`${kind.name} is not in per cent`);
  }
  reader.takes("%");
  if (!reader.isAtEnd()) reader.expected("the end");
  return { text: text.trim(), kind, end, filters, operator, bound: Number(bound) };
}

const NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy;
/** A value without quotes. */
const WORD = /[^\s"',{}=!]+/uy;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/suy;

function kindAt(reader: Reader): QuantityKind {
  const at = reader.position();
  const name = reader.take(NAME);
  if (name === null) reader.expected("a quantity such as increase");
  const kind = QUANTITY_KINDS.get(name);
  if (kind === undefined) {
    const known = nearestFirst(name, [...QUANTITY_KINDS.keys()]);
    throw reader.fault(
      `there is no quantity "${shortened(name, MOST_SHOWN)}"; there are ${known.join(", ")}`,
      at,
    );
  }
  return kind;
}

function filtersAt(reader: Reader, kind: QuantityKind): Filter[] {
  const filters: Filter[] = [];
  while (!reader.takes("}")) {
    if (filters.length > 0 && !reader.takes(",")) reader.expected("a comma or }");
    const label = oneOf(reader, `a label of ${kind.name}`, kind.labels);
    const isEqual = !reader.takes("!=");
    if (isEqual && !reader.takes("=")) reader.expected("= or !=");
    filters.push({ label, isEqual, value: valueAt(reader) });
  }
  return filters;
}

function valueAt(reader: Reader): string {
  const quoted = reader.take(QUOTED);
  if (quoted !== null) return quoted.slice(1, -1).replace(/\\(.)/gsu, "$1");
  if (reader.sees('"') || reader.sees("'")) {
    throw reader.fault("this quotation mark is not closed");
  }
  return reader.take(WORD) ?? reader.expected('a value such as "C4"');
}

function oneOf<T extends string>(reader: Reader, what: string, choices: readonly T[]): T {
  const at = reader.position();
  const word = reader.take(NAME);
  const choice = choices.find((candidate) => candidate === word);
  if (choice !== undefined) return choice;
  const known = nearestFirst(word ?? "", choices).join(", ");
  return reader.expected(`${what} (${known})`, at);
}

/** Characters of what was written that a message repeats. */
const MOST_SHOWN = 100;

/** A text that is read from left to right; blanks between its parts count for nothing. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** Of the part that comes next, UTF-16 units. */
  position(): number {
    this.at += /^\s*/u.exec(this.text.slice(this.at))![0].length;
    return this.at;
  }

  isAtEnd(): boolean {
    return this.position() === this.text.length;
  }

  sees(part: string): boolean {
    return this.text.startsWith(part, this.position());
  }

  takes(part: string): boolean {
    const isThere = this.sees(part);
    if (isThere) this.at += part.length;
    return isThere;
  }

  /** @param pattern sticky */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.position();
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.at += found?.length ?? 0;
    return found;
  }

  /** @throws ThresholdError */
  expected(what: string, at = this.position()): never {
    const rest = shortened(this.text.slice(at).trim(), MOST_SHOWN);
    throw this.fault(`${what} is expected${rest === "" ? "" : `, not "${rest}"`}`, at);
  }

  fault(what: string, at = this.position()): ThresholdError {
    const character = [...this.text.slice(0, at)].length + 1;
    return new ThresholdError(
      `"${shortened(this.text, MOST_SHOWN)}", character ${character}: ${what}.`,
    );
  }
}
