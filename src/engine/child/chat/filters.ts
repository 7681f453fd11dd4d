/** Jinja2's filters, `x | …`, with Python's rules for their arguments; `tojson` is transformers'. */
import { bind, type Bound, textArgument, wholeArgument } from "./arguments";
import { capitalize, formatted, length, methodOf, pairsOf, replaced, strip } from "./methods";
import { testOf } from "./tests";
import {
  boolean,
  checkRepeated,
  compare,
  float,
  fromKey,
  integer,
  isDict,
  isEqual,
  isList,
  isText,
  isTrue,
  isUndefined,
  itemsOf,
  type JsonOptions,
  type Key,
  list,
  mustExist,
  none,
  nothing,
  numberOf,
  represent,
  TemplateError,
  text,
  toJson,
  toText,
  tuple,
  typeName,
  type Value,
} from "./values";

type Filter = readonly [names: readonly string[], call: (value: Value, argument: Bound) => Value];

/**
 * Applies a filter.
 * @param args keyword arguments last, as one value
 * @throws TemplateError where Jinja2 knows no such filter, and what the filter itself throws
 */
export function applyFilter(name: string, value: Value, args: readonly Value[]): Value {
  const test = /^is (not )?(.*)$/.exec(name);
  if (test !== null) {
    const holds = testOf(test[2]!)(value, ...args);
    return boolean(holds !== (test[1] !== undefined));
  }
  if (SELECTIONS.has(name)) return selected(name, value, args);
  if (name === "map") return mapped(value, args);
  const filter = FILTERS.get(name);
  if (filter === undefined) throw new TemplateError(`No filter named '${name}'.`);
  const [names, call] = filter;
  return call(value, bind(name, names, args));
}

const SELECTIONS = new Set(["select", "reject", "selectattr", "rejectattr"]);

function selected(name: string, value: Value, args: readonly Value[]): Value {
  const rest = [...args];
  let read = (item: Value) => item;
  if (name.endsWith("attr")) {
    const path = rest.shift();
    if (path === undefined) throw new TemplateError("Missing parameter for attribute name");
    read = (item) => attribute(item, path);
  }
  const testName = rest.shift();
  const test = testName === undefined ? isTrue : testOf(textArgument(name, testName));
  const wanted = name.startsWith("select");
  return list(someItems(value).filter((item) => test(read(item), ...rest) === wanted));
}

/** Of None, too: these filters look into what is true only. */
function someItems(value: Value): Value[] {
  return isTrue(value) ? itemsOf(value) : [];
}

function mapped(value: Value, args: readonly Value[]): Value {
  const last = args.at(-1);
  const path = last?.type === "KeywordArgumentsValue" ? last.value.get("attribute") : undefined;
  if (last?.type === "KeywordArgumentsValue" && path !== undefined) {
    const otherwise = last.value.get("default");
    return list(
      someItems(value).map((item) => {
        const found = attribute(item, path);
        return isUndefined(found) && otherwise !== undefined ? otherwise : found;
      }),
    );
  }
  const [name, ...rest] = args;
  const filter = textArgument("map", name);
  return list(someItems(value).map((item) => applyFilter(filter, item, rest)));
}

/** An item's attribute by a path such as `function.name` or `0`. */
function attribute(item: Value, path: Value): Value {
  const parts = isText(path) ? path.value.split(".") : [path.value];
  return parts.reduce<Value>((value, part) => {
    const key: Key = typeof part === "string" && /^\d+$/.test(part) ? Number(part) : (part as Key);
    return itemAt(mustExist(value), fromKey(key));
  }, item);
}

/** `value[key]`, or nothing. */
export function itemAt(value: Value, key: Value): Value {
  const missing = () =>
    nothing(
      isText(key)
        ? `'${typeName(value)} object' has no attribute '${key.value}'`
        : `${typeName(value)} object has no element ${represent(key)}`,
    );
  if (isDict(value) || value.type === "NamespaceValue") {
    const map = value.value as ReadonlyMap<unknown, Value>;
    return map.get(numberOf(key) ?? key.value) ?? missing();
  }
  const at = numberOf(key);
  if (at === null || key.type === "FloatValue") return missing();
  if (isList(value)) return value.value.at(at) ?? missing();
  if (!isText(value)) return missing();
  const character = [...value.value].at(at);
  return character === undefined ? missing() : text(character);
}

function sorted(values: readonly Value[], argument: Bound, path: Value | undefined): Value[] {
  const flag = (name: string) => {
    const value = argument(name);
    return value !== undefined && isTrue(value);
  };
  const fold = (value: Value) => {
    return isText(value) && !flag("case_sensitive") ? text(value.value.toLowerCase()) : value;
  };
  const read = (item: Value) => (path && path.type !== "NullValue" ? attribute(item, path) : item);
  const sign = flag("reverse") ? -1 : 1;
  return values
    .map((item) => ({ item, key: fold(read(item)) }))
    .sort((a, b) => sign * compare(a.key, b.key))
    .map(({ item }) => item);
}

function lengthOf(value: Value): number {
  if (isText(value)) return length(value.value);
  if (isUndefined(value)) return 0;
  if (isDict(value)) return value.value.size;
  if (isList(value)) return value.value.length;
  throw new TemplateError(`object of type '${typeName(value)}' has no len()`);
}

const ofText = (change: (value: string) => string): Filter => [
  [],
  (value) => text(change(toText(value))),
];

const count: Filter = [[], (value) => integer(lengthOf(value))];

const otherwise: Filter = [
  ["default_value", "boolean"],
  (value, argument) => {
    const strict = argument("boolean");
    const isMissing = isUndefined(value) || (strict && isTrue(strict) && !isTrue(value));
    return isMissing ? (argument("default_value") ?? text("")) : value;
  },
];

const escaped: Filter = ofText((value) =>
  value.replace(
    /[&<>"']/g,
    (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "#34", "'": "#39" }[c]};`,
  ),
);

/** Python's `int(text)` and `float(text)`; null: it is no number. */
function parsed(value: Value, base = 10): number | null {
  const number = numberOf(value);
  if (number !== null) return number;
  if (!isText(value)) return null;
  const digits = strip(value.value, null, true, true).replace(/(?<=\d)_(?=\d)/g, "");
  if (base !== 10)
    return Number.isNaN(Number.parseInt(digits, base)) ? null : Number.parseInt(digits, base);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : null;
}

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["safe", [[], (value) => value]],
  [
    "tojson",
    [
      ["ensure_ascii", "indent", "separators", "sort_keys"],
      (value, argument) => text(toJson(value, jsonOptions(argument))),
    ],
  ],
  [
    "trim",
    [
      ["chars"],
      (value, argument) => {
        const characters = argument("chars");
        const set = characters && isText(characters) ? characters.value : null;
        return text(strip(toText(value), set, true, true));
      },
    ],
  ],
  ["upper", ofText((value) => value.toUpperCase())],
  ["lower", ofText((value) => value.toLowerCase())],
  ["capitalize", ofText(capitalize)],
  ["title", ofText((value) => value.replace(/[^-\s({[<]+/g, capitalize))],
  ["string", ofText((value) => value)],
  ["escape", escaped],
  ["e", escaped],
  ["forceescape", escaped],
  ["length", count],
  ["count", count],
  ["default", otherwise],
  ["d", otherwise],
  [
    "replace",
    [
      ["old", "new", "count"],
      (value, argument) =>
        text(
          replaced(
            toText(value),
            toText(argument("old") ?? none()),
            toText(argument("new") ?? none()),
            wholeArgument("replace", argument("count"), -1),
          ),
        ),
    ],
  ],
  [
    "join",
    [
      ["d", "attribute"],
      (value, argument) => {
        const path = argument("attribute");
        const items = path ? itemsOf(value).map((item) => attribute(item, path)) : itemsOf(value);
        const by = toText(argument("d") ?? text(""));
        checkRepeated(by.length, items.length);
        return text(items.map(toText).join(by));
      },
    ],
  ],
  ["list", [[], (value) => list([...itemsOf(value)])]],
  ["first", [[], (value) => itemsOf(value)[0] ?? nothing("No first item, sequence was empty.")]],
  ["last", [[], (value) => itemsOf(value).at(-1) ?? nothing("No last item, sequence was empty.")]],
  [
    "reverse",
    [
      [],
      (value) =>
        isText(value)
          ? text([...value.value].reverse().join(""))
          : list([...itemsOf(value)].reverse()),
    ],
  ],
  [
    "sort",
    [
      ["reverse", "case_sensitive", "attribute"],
      (value, argument) => list(sorted(itemsOf(value), argument, argument("attribute"))),
    ],
  ],
  [
    "unique",
    [
      ["case_sensitive", "attribute"],
      (value, argument) => {
        const path = argument("attribute");
        const strict = argument("case_sensitive");
        const seen: Value[] = [];
        const isNew = (item: Value) => {
          const read = path ? attribute(item, path) : item;
          const folds = isText(read) && !(strict && isTrue(strict));
          const key = folds ? text(read.value.toLowerCase()) : read;
          if (seen.some((other) => isEqual(other, key))) return false;
          seen.push(key);
          return true;
        };
        return list(itemsOf(value).filter(isNew));
      },
    ],
  ],
  [
    "items",
    [
      [],
      (value) => {
        if (isUndefined(value)) return list([]);
        if (!isDict(value)) throw new TemplateError("Can only get item pairs from a mapping.");
        return list(pairsOf(value));
      },
    ],
  ],
  [
    "dictsort",
    [
      ["case_sensitive", "by", "reverse"],
      (value, argument) => {
        if (!isDict(value)) throw new TemplateError(`'${typeName(value)}' object has no items`);
        const byValue = toText(argument("by") ?? text("key")) === "value";
        return list(sorted(pairsOf(value), argument, integer(byValue ? 1 : 0)));
      },
    ],
  ],
  [
    "abs",
    [
      [],
      (value) => {
        const number = numberOf(mustExist(value));
        if (number === null) throw new TemplateError("bad operand type for abs()");
        return value.type === "FloatValue" ? float(Math.abs(number)) : integer(Math.abs(number));
      },
    ],
  ],
  [
    "int",
    [
      ["default", "base"],
      (value, argument) => {
        const number = parsed(value, wholeArgument("int", argument("base"), 10));
        return number === null || !Number.isFinite(number)
          ? (argument("default") ?? integer(0))
          : integer(Math.trunc(number));
      },
    ],
  ],
  [
    "float",
    [
      ["default"],
      (value, argument) => {
        const number = parsed(value);
        return number === null ? (argument("default") ?? float(0)) : float(number);
      },
    ],
  ],
  [
    "round",
    [
      ["precision", "method"],
      (value, argument) => {
        const number = numberOf(mustExist(value));
        if (number === null) throw new TemplateError("round needs a number");
        const scale = 10 ** wholeArgument("round", argument("precision"), 0);
        const method = toText(argument("method") ?? text("common"));
        const round = ROUNDING[method];
        if (round === undefined) throw new TemplateError("method must be common, ceil or floor");
        return float(round(number * scale) / scale);
      },
    ],
  ],
  [
    "sum",
    [
      ["attribute", "start"],
      (value, argument) => {
        const path = argument("attribute");
        const read = (item: Value) =>
          path && path.type !== "NullValue" ? attribute(item, path) : item;
        const terms = [...itemsOf(value).map(read), argument("start") ?? integer(0)];
        const sum = terms.reduce((total, term) => total + (numberOf(term) ?? Number.NaN), 0);
        if (Number.isNaN(sum)) throw new TemplateError("sum needs numbers");
        return terms.some(({ type }) => type === "FloatValue") ? float(sum) : integer(sum);
      },
    ],
  ],
  ["min", [["case_sensitive", "attribute"], extreme(1)]],
  ["max", [["case_sensitive", "attribute"], extreme(-1)]],
  [
    "indent",
    [
      ["width", "first", "blank"],
      (value, argument) => {
        const width = argument("width") ?? integer(4);
        const first = argument("first");
        const blank = argument("blank");
        const size = isText(width) ? 0 : wholeArgument("indent", width);
        const lines = toText(value).split("\n");
        checkRepeated(isText(width) ? width.value.length : Math.max(0, size), lines.length);
        const margin = isText(width) ? width.value : " ".repeat(Math.max(0, size));
        const indented = lines.map((line, i) => {
          const isLeft =
            i === 0 ? !(first && isTrue(first)) : line === "" && !(blank && isTrue(blank));
          return isLeft ? line : margin + line;
        });
        return text(indented.join("\n"));
      },
    ],
  ],
  [
    "format",
    [
      ["a", "b", "c", "d", "e", "f"],
      (value, argument) => {
        const values = ["a", "b", "c", "d", "e", "f"].flatMap((name) => argument(name) ?? []);
        return text(formatted(toText(value), values));
      },
    ],
  ],
  ["wordcount", [[], (value) => integer(toText(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)]],
  [
    "attr",
    [["name"], (value, argument) => attributeOf(value, textArgument("attr", argument("name")))],
  ],
  ["batch", [["linecount", "fill_with"], (value, argument) => batches(value, argument)]],
  ["groupby", [["attribute", "default"], (value, argument) => groups(value, argument)]],
]);

const ROUNDING: Readonly<Record<string, (value: number) => number>> = {
  ceil: Math.ceil,
  floor: Math.floor,
  /** Half to even, as Python does. */
  common: (value) => {
    const lower = Math.floor(value);
    if (value - lower !== 0.5) return Math.round(value);
    return lower % 2 === 0 ? lower : lower + 1;
  },
};

/** `value.name`: a method, or what a dict holds under the name. */
export function attributeOf(value: Value, name: string): Value {
  return methodOf(value, name) ?? itemAt(value, text(name));
}

function extreme(sign: number) {
  return (value: Value, argument: Bound): Value => {
    const all = sorted(itemsOf(value), argument, argument("attribute"));
    return (sign > 0 ? all[0] : all.at(-1)) ?? nothing("No aggregated item, sequence was empty.");
  };
}

function batches(value: Value, argument: Bound): Value {
  const size = Math.max(1, wholeArgument("batch", argument("linecount")));
  const fill = argument("fill_with");
  const items = itemsOf(value);
  const rows: Value[] = [];
  for (let i = 0; i < items.length; i += size) {
    const row = items.slice(i, i + size);
    while (fill && row.length < size) row.push(fill);
    rows.push(list(row));
  }
  return list(rows);
}

function groups(value: Value, argument: Bound): Value {
  const path = argument("attribute") ?? none();
  const found: { readonly key: Value; readonly items: Value[] }[] = [];
  for (const item of sorted(itemsOf(value), () => undefined, path)) {
    const key = attribute(item, path);
    const group = found.find((each) => isEqual(each.key, key));
    if (group) group.items.push(item);
    else found.push({ key, items: [item] });
  }
  return list(found.map(({ key, items }) => tuple([key, list(items)])));
}

/** Most blanks a level of JSON may be indented by. */
const DEEPEST_INDENT = 1000;

function jsonOptions(argument: Bound): JsonOptions {
  const given = argument("indent") ?? none();
  const width = numberOf(given);
  const indent =
    width !== null
      ? " ".repeat(Math.min(DEEPEST_INDENT, Math.max(0, width)))
      : isText(given)
        ? given.value
        : null;
  const separators = argument("separators");
  const pair = separators && isList(separators) ? separators.value.map(toText) : null;
  const flag = (name: string) => {
    const value = argument(name);
    return value !== undefined && isTrue(value);
  };
  return {
    ensureAscii: flag("ensure_ascii"),
    indent,
    separators: [pair?.[0] ?? (indent === null ? ", " : ","), pair?.[1] ?? ": "],
    sortKeys: flag("sort_keys"),
  };
}
