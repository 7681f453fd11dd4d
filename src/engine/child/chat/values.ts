/**
 * The interpreter's values, as Python's: what they print, how they compare, what is in them. The package's classes are not
 * exported; they are taken from values that its environment makes.
 */
import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

export interface TextValue {
  readonly type: "StringValue";
  readonly value: string;
}
export interface IntegerValue {
  readonly type: "IntegerValue";
  readonly value: number;
}
export interface FloatValue {
  readonly type: "FloatValue";
  readonly value: number;
}
export interface BooleanValue {
  readonly type: "BooleanValue";
  readonly value: boolean;
}
export interface NoneValue {
  readonly type: "NullValue";
  readonly value: null;
}
export interface UndefinedValue {
  readonly type: "UndefinedValue";
  readonly value: undefined;
  /** Jinja2's reason why there is nothing. */
  readonly reason?: string;
}
export interface ListValue {
  readonly type: "ArrayValue" | "TupleValue";
  readonly value: Value[];
}
/** Keys of a dict: Python's numbers and booleans are equal where their values are. */
export type Key = string | number | null;
export interface DictValue {
  readonly type: "ObjectValue" | "KeywordArgumentsValue";
  readonly value: Map<Key, Value>;
}
export interface NamespaceValue {
  readonly type: "NamespaceValue";
  readonly value: Map<string, Value>;
}
export type Callable = (args: Value[], scope: Environment) => Value;
export interface FunctionValue {
  readonly type: "FunctionValue";
  readonly value: Callable;
}

export type Value =
  | TextValue
  | IntegerValue
  | FloatValue
  | BooleanValue
  | NoneValue
  | UndefinedValue
  | ListValue
  | DictValue
  | NamespaceValue
  | FunctionValue;

/** A template's own mistake, in words for its author. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** UTF-16 units of a text that a template may build: a single huge string would pass a heap's limit unseen. */
const LONGEST_TEXT = 1 << 23;
/** Entries of a list; Jinja2's sandbox has the same limit for `range`. */
const LONGEST_LIST = 100_000;

const scratch = new Environment();
let examples = 0;

/** The package's class of a value. */
function classOf(example: unknown): new (value?: unknown) => object {
  const made = scratch.set(`example${examples++}`, example);
  return made.constructor as new (value?: unknown) => object;
}

const Text = classOf("");
const Integer = classOf(1);
const Float = classOf(0.5);
const Bool = classOf(true);
const None = classOf(null);
const Undefined = classOf(undefined);
const List = classOf([]);
const Dict = classOf({});
const Func = classOf(() => null);
const evaluated = (expression: string) =>
  new Interpreter(scratch).evaluate(parse(tokenize(`{{ ${expression} }}`)).body[0], scratch);
const Tuple = evaluated("(1, 2)").constructor as new (value: unknown) => object;
/** Keyword arguments are only ever seen by a called function. */
const Keywords = keywordsClass();

function keywordsClass(): new (value: unknown) => object {
  let seen: object = {};
  const catcher = new Func((args: object[]) => {
    seen = args[0]!;
    return new None(null);
  });
  scratch.setVariable("catcher", catcher as ReturnType<Environment["lookupVariable"]>);
  evaluated("catcher(a=1)");
  return seen.constructor as new (value: unknown) => object;
}

export function text(value: string): TextValue {
  if (value.length > LONGEST_TEXT) throw new TemplateError("The template makes too long a text.");
  return new Text(value) as TextValue;
}
export const integer = (value: number) => new Integer(value) as IntegerValue;
export const float = (value: number) => new Float(value) as FloatValue;
export const boolean = (value: boolean) => new Bool(value) as BooleanValue;
export const none = () => new None(null) as NoneValue;
export function list(value: Value[]): ListValue {
  if (value.length > LONGEST_LIST) throw new TemplateError("The template makes too long a list.");
  return new List(value) as ListValue;
}
export const tuple = (value: Value[]) => new Tuple(value) as ListValue;
export const dict = (value: Map<Key, Value>) => new Dict(value) as DictValue;
export const callable = (value: Callable) => new Func(value) as FunctionValue;
export const keywords = (value: Map<Key, Value>) => new Keywords(value) as DictValue;
export const nothing = (reason: string) =>
  Object.assign(new Undefined(undefined), { reason }) as UndefinedValue;

/** A JSON value as the interpreter's. */
export function fromJson(value: unknown): Value {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return Number.isInteger(value) ? integer(value) : float(value);
  if (typeof value === "boolean") return boolean(value);
  if (Array.isArray(value)) return list(value.map(fromJson));
  if (typeof value !== "object" || value === null) return none();
  return dict(new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)])));
}

/** A positive number of repetitions of a text or list. @throws TemplateError before the memory is taken */
export function checkRepeated(length: number, times: number): void {
  if (length * times > LONGEST_TEXT) {
    throw new TemplateError("The template makes too long a text.");
  }
}

export function checkRange(length: number): void {
  if (length > LONGEST_LIST) {
    throw new TemplateError(
      `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${LONGEST_LIST}).`,
    );
  }
}

export const isText = (value: Value): value is TextValue => value.type === "StringValue";
export const isList = (value: Value): value is ListValue =>
  value.type === "ArrayValue" || value.type === "TupleValue";
export const isDict = (value: Value): value is DictValue =>
  value.type === "ObjectValue" || value.type === "KeywordArgumentsValue";
export const isUndefined = (value: Value): value is UndefinedValue =>
  value.type === "UndefinedValue";

/** A value as a number to calculate with; null: it is none. Booleans are 0 and 1, as in Python. */
export function numberOf(value: Value): number | null {
  if (value.type === "BooleanValue") return value.value ? 1 : 0;
  return value.type === "IntegerValue" || value.type === "FloatValue" ? value.value : null;
}

/** @throws TemplateError Jinja2's, where there is nothing */
export function mustExist<T extends Value>(value: T): Exclude<T, UndefinedValue> {
  if (isUndefined(value)) throw new TemplateError(value.reason ?? "a value is undefined");
  return value as Exclude<T, UndefinedValue>;
}

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  switch (value.type) {
    case "StringValue":
      return "str";
    case "IntegerValue":
      return "int";
    case "FloatValue":
      return "float";
    case "BooleanValue":
      return "bool";
    case "NullValue":
      return "NoneType";
    case "UndefinedValue":
      return "Undefined";
    case "ArrayValue":
      return "list";
    case "TupleValue":
      return "tuple";
    case "ObjectValue":
    case "KeywordArgumentsValue":
      return "dict";
    case "NamespaceValue":
      return "Namespace";
    case "FunctionValue":
      return "function";
    default:
      return value satisfies never;
  }
}

export function isTrue(value: Value): boolean {
  if (isList(value)) return value.value.length > 0;
  if (isDict(value)) return value.value.size > 0;
  // Namespaces and functions are objects, and true.
  return Boolean(value.value);
}

/** Python's `==`. */
export function isEqual(a: Value, b: Value): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== null || y !== null) return x === y;
  if (isList(a) && isList(b)) {
    if (a.type !== b.type || a.value.length !== b.value.length) return false;
    return a.value.every((item, i) => isEqual(item, b.value[i]!));
  }
  if (isDict(a) && isDict(b)) {
    if (a.value.size !== b.value.size) return false;
    return [...a.value].every(([key, item]) => {
      const other = b.value.get(key);
      return other !== undefined && isEqual(item, other);
    });
  }
  return a.type === b.type && a.value === b.value;
}

/** Python's `<`, as a number below, at or above 0. @throws TemplateError where there is no order */
export function compare(a: Value, b: Value, operator = "<"): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== null && y !== null) return x - y;
  if (isText(a) && isText(b)) return comparePoints(a.value, b.value);
  if (isList(a) && isList(b) && a.type === b.type) {
    for (const [i, item] of a.value.entries()) {
      const other = b.value[i];
      if (other === undefined) return 1;
      if (!isEqual(item, other)) return compare(item, other, operator);
    }
    return a.value.length - b.value.length;
  }
  mustExist(a);
  mustExist(b);
  throw new TemplateError(
    `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** By code points: UTF-16 orders some characters otherwise. */
export function comparePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** What a `for` loop goes through. @throws TemplateError where it can't */
export function itemsOf(value: Value): Value[] {
  if (isList(value)) return value.value;
  if (isText(value)) return Array.from(value.value, text);
  if (isDict(value)) return [...value.value.keys()].map(fromKey);
  if (isUndefined(value)) return [];
  throw new TemplateError(`'${typeName(value)}' object is not iterable`);
}

export function fromKey(key: Key): Value {
  if (key === null) return none();
  if (typeof key === "string") return text(key);
  return Number.isInteger(key) ? integer(key) : float(key);
}

/** @throws TemplateError for values that can't be keys */
export function toKey(value: Value): Key {
  if (value.type === "StringValue" || value.type === "NullValue") return value.value;
  const number = numberOf(value);
  if (number === null) throw new TemplateError(`unhashable type: '${typeName(value)}'`);
  return number;
}

/** Python's `str`: what is printed. */
export function toText(value: Value): string {
  if (isText(value)) return value.value;
  return isUndefined(value) ? "" : represent(value);
}

/** Python's `repr`: what is printed inside of lists and dicts. */
export function represent(value: Value): string {
  switch (value.type) {
    case "StringValue":
      return quoted(value.value);
    case "IntegerValue":
      if (!Number.isFinite(value.value)) throw new TemplateError("a number is too large");
      return BigInt(value.value).toString();
    case "FloatValue":
      return floatText(value.value);
    case "BooleanValue":
      return value.value ? "True" : "False";
    case "NullValue":
      return "None";
    case "UndefinedValue":
      return "Undefined";
    case "ArrayValue":
      return `[${value.value.map(represent).join(", ")}]`;
    case "TupleValue":
      return `(${value.value.map(represent).join(", ")}${value.value.length === 1 ? "," : ""})`;
    case "ObjectValue":
    case "KeywordArgumentsValue":
      return entries(value.value);
    case "NamespaceValue":
      return `<Namespace ${entries(value.value)}>`;
    case "FunctionValue":
      return "<function>";
    default:
      return value satisfies never;
  }
}

function entries(map: ReadonlyMap<Key, Value>): string {
  const pairs = [...map].map(([key, item]) => `${represent(fromKey(key))}: ${represent(item)}`);
  return `{${pairs.join(", ")}}`;
}

function quoted(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const escaped = value.replace(/[\\'"\p{Cc}\p{Zl}\p{Zp}\p{Zs}\p{Cf}\p{Co}\p{Cn}]/gu, (c) => {
    if (c === " ") return c;
    if (c === "\\" || c === quote) return `\\${c}`;
    if (c === "'" || c === '"') return c;
    const known = named[c];
    if (known !== undefined) return known;
    const code = c.codePointAt(0)!;
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
  });
  return quote + escaped + quote;
}

/** Python writes the shortest digits that mean the number, and exponents below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Options of `tojson`, as of Python's `json.dumps`. */
export interface JsonOptions {
  readonly ensureAscii: boolean;
  /** What one level is indented by; null: all on one line. */
  readonly indent: string | null;
  readonly separators: readonly [string, string];
  readonly sortKeys: boolean;
}

/** @throws TemplateError for what JSON can't hold */
export function toJson(value: Value, options: JsonOptions, margin = "\n"): string {
  const { ensureAscii, indent, sortKeys } = options;
  const [comma, colon] = options.separators;
  const write = (string: string) => {
    const json = JSON.stringify(string);
    if (!ensureAscii) return json;
    return json.replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  };
  const inner = margin + (indent ?? "");
  const wrapped = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    if (indent === null) return open + parts.join(comma) + close;
    return open + inner + parts.join(comma + inner) + margin + close;
  };
  if (isText(value)) return write(value.value);
  if (value.type === "NullValue") return "null";
  if (value.type === "BooleanValue") return String(value.value);
  if (value.type === "IntegerValue") return represent(value);
  if (value.type === "FloatValue") {
    if (Number.isFinite(value.value)) return floatText(value.value);
    return Number.isNaN(value.value) ? "NaN" : value.value > 0 ? "Infinity" : "-Infinity";
  }
  if (isList(value)) {
    const parts = value.value.map((item) => toJson(item, options, inner));
    return wrapped("[", parts, "]");
  }
  if (isDict(value)) {
    const pairs = [...value.value];
    if (sortKeys) pairs.sort(([a], [b]) => compare(fromKey(a), fromKey(b)));
    const parts = pairs.map(([key, item]) => {
      const name = typeof key === "string" ? key : toJson(fromKey(key), options);
      return write(name) + colon + toJson(item, options, inner);
    });
    return wrapped("{", parts, "}");
  }
  throw new TemplateError(`Object of type ${typeName(value)} is not JSON serializable`);
}
