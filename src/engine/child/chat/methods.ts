/** Methods of Python's strings, dicts and lists. Those that change a list or dict are refused, as in Jinja2's immutable sandbox. */
import { bind, type Bound, textArgument, wholeArgument } from "./arguments";
import { BLANK } from "./source";
import {
  boolean,
  callable,
  checkRepeated,
  dict,
  type DictValue,
  fromKey,
  integer,
  isDict,
  isEqual,
  isList,
  isText,
  list,
  type ListValue,
  none,
  numberOf,
  represent,
  TemplateError,
  text,
  toKey,
  toText,
  tuple,
  type Value,
} from "./values";

/** A method of a value's type, bound to it; undefined: there is none. @throws TemplateError for what the sandbox forbids */
export function methodOf(value: Value, name: string): Value | undefined {
  if (isText(value)) {
    if (name === "format") return callable((args) => text(braced(value.value, args)));
    return bound(name, TEXT_METHODS, value.value);
  }
  if (isList(value)) return bound(name, LIST_METHODS, value);
  return isDict(value) ? bound(name, DICT_METHODS, value) : undefined;
}

type ValueMethod<T> = readonly [
  names: readonly string[],
  call: (self: T, argument: Bound) => Value,
];

function bound<T>(
  name: string,
  methods: ReadonlyMap<string, ValueMethod<T>>,
  self: T,
): Value | undefined {
  const method = methods.get(name);
  if (method === undefined) return undefined;
  const [names, call] = method;
  return callable((args) => call(self, bind(name, names, args)));
}

const BLANKS = new RegExp(`[${BLANK}]`);
const NOT_BLANKS = new RegExp(`[^${BLANK}]+`, "g");
/** What `str.splitlines` takes for a line's end. */
const LINE_ENDS = "\\r\\n|[\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029]";
const LINE_END = new RegExp(LINE_ENDS, "g");

/** `str.strip` and its kin. */
export function strip(
  self: string,
  characters: string | null,
  left: boolean,
  right: boolean,
): string {
  const points = [...self];
  const set = characters === null ? null : new Set(characters);
  const goes = (c: string) => (set === null ? BLANKS.test(c) : set.has(c));
  let start = 0;
  let end = points.length;
  if (left) while (start < end && goes(points[start]!)) start++;
  if (right) while (end > start && goes(points[end - 1]!)) end--;
  return points.slice(start, end).join("");
}

function stripped(left: boolean, right: boolean): ValueMethod<string> {
  return [
    ["chars"],
    (self, argument) => {
      const characters = argument("chars");
      const set =
        !characters || characters.type === "NullValue" ? null : textArgument("strip", characters);
      return text(strip(self, set, left, right));
    },
  ];
}

export const length = (self: string) => [...self].length;

/** Python's `str.capitalize`. */
export function capitalize(self: string): string {
  const [first = "", ...rest] = self;
  return first.toUpperCase() + rest.join("").toLowerCase();
}

/** `str.replace`; at most `count` times, below 0: all. */
export function replaced(self: string, old: string, by: string, count: number): string {
  const parts = old === "" ? ["", ...self, ""] : self.split(old);
  const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  checkRepeated(by.length, times);
  return (
    parts.slice(0, times + 1).join(by) +
    parts
      .slice(times + 1)
      .map((part) => old + part)
      .join("")
  );
}

function split(self: string, argument: Bound, fromRight: boolean): Value {
  const separator = argument("sep");
  const most = wholeArgument("split", argument("maxsplit"), -1);
  const limit = most < 0 ? Infinity : most;
  if (!separator || separator.type === "NullValue")
    return list(words(self, limit, fromRight).map(text));
  const by = textArgument("split", separator);
  if (by === "") throw new TemplateError("empty separator");
  const parts = self.split(by);
  const excess = parts.length - 1 - limit;
  if (excess > 0 && fromRight) parts.splice(0, excess + 1, parts.slice(0, excess + 1).join(by));
  else if (excess > 0) parts.splice(limit, excess + 1, parts.slice(limit).join(by));
  return list(parts.map(text));
}

/** The words between blanks; what exceeds `limit` cuts stays one piece. */
function words(self: string, limit: number, fromRight: boolean): string[] {
  const found = [...self.matchAll(NOT_BLANKS)];
  const all = found.map(([word]) => word);
  if (all.length <= limit) return all;
  if (limit === 0) {
    const rest = strip(self, null, !fromRight, fromRight);
    return rest === "" ? [] : [rest];
  }
  if (fromRight) {
    const border = found.at(-limit)!.index;
    const rest = strip(self.slice(0, border), null, false, true);
    return rest === "" ? all.slice(-limit) : [rest, ...all.slice(-limit)];
  }
  const last = found[limit - 1]!;
  const rest = strip(self.slice(last.index + last[0].length), null, true, false);
  return rest === "" ? all.slice(0, limit) : [...all.slice(0, limit), rest];
}

function partition(self: string, argument: Bound, fromRight: boolean): Value {
  const by = textArgument("partition", argument("sep"));
  if (by === "") throw new TemplateError("empty separator");
  const at = fromRight ? self.lastIndexOf(by) : self.indexOf(by);
  const parts =
    at >= 0
      ? [self.slice(0, at), by, self.slice(at + by.length)]
      : fromRight
        ? ["", "", self]
        : [self, "", ""];
  return tuple(parts.map(text));
}

/** Parts of a text between code points, as Python slices it. */
function between(
  self: string,
  argument: Bound,
): { readonly inside: string; readonly start: number } {
  const points = [...self];
  const place = (name: string, otherwise: number) => {
    const given = argument(name);
    const at = !given || given.type === "NullValue" ? otherwise : wholeArgument(name, given);
    return Math.max(0, Math.min(points.length, at < 0 ? points.length + at : at));
  };
  const start = place("start", 0);
  return { inside: points.slice(start, place("end", points.length)).join(""), start };
}

function find(self: string, argument: Bound, fromRight: boolean): number {
  const { inside, start } = between(self, argument);
  const sought = textArgument("find", argument("sub"));
  const at = fromRight ? inside.lastIndexOf(sought) : inside.indexOf(sought);
  return at < 0 ? -1 : start + length(inside.slice(0, at));
}

function found(fromRight: boolean): ValueMethod<string> {
  return [["sub", "start", "end"], (self, argument) => integer(find(self, argument, fromRight))];
}

function mustFind(fromRight: boolean): ValueMethod<string> {
  return [
    ["sub", "start", "end"],
    (self, argument) => {
      const at = find(self, argument, fromRight);
      if (at < 0) throw new TemplateError("substring not found");
      return integer(at);
    },
  ];
}

function edge(name: "startswith" | "endswith"): ValueMethod<string> {
  return [
    ["edge", "start", "end"],
    (self, argument) => {
      const sought = argument("edge");
      const edges = sought?.type === "TupleValue" ? sought.value : [sought];
      const { inside } = between(self, argument);
      return boolean(
        edges.some((each) => {
          const part = textArgument(name, each);
          return name === "startswith" ? inside.startsWith(part) : inside.endsWith(part);
        }),
      );
    },
  ];
}

function every(pattern: RegExp): ValueMethod<string> {
  return [[], (self) => boolean(pattern.test(self))];
}

function changed(change: (self: string) => string): ValueMethod<string> {
  return [[], (self) => text(change(self))];
}

/** `ljust` and its kin: `left` blanks of `missing` come before. */
function padded(left: (missing: number, width: number) => number): ValueMethod<string> {
  return [
    ["width", "fill"],
    (self, argument) => {
      const width = wholeArgument("width", argument("width"));
      const missing = Math.max(0, width - length(self));
      checkRepeated(1, missing);
      const fill = argument("fill") ? textArgument("fill", argument("fill")) : " ";
      const before = left(missing, width);
      return text(fill.repeat(before) + self + fill.repeat(missing - before));
    },
  ];
}

const TEXT_METHODS: ReadonlyMap<string, ValueMethod<string>> = new Map<string, ValueMethod<string>>(
  [
    ["strip", stripped(true, true)],
    ["lstrip", stripped(true, false)],
    ["rstrip", stripped(false, true)],
    ["upper", changed((self) => self.toUpperCase())],
    ["lower", changed((self) => self.toLowerCase())],
    ["casefold", changed((self) => self.toLowerCase().replaceAll("ß", "ss"))],
    ["capitalize", changed(capitalize)],
    ["title", changed((self) => self.replace(/\p{L}+/gu, capitalize))],
    [
      "swapcase",
      changed((self) =>
        self.replace(/\p{L}/gu, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())),
      ),
    ],
    ["split", [["sep", "maxsplit"], (self, argument) => split(self, argument, false)]],
    ["rsplit", [["sep", "maxsplit"], (self, argument) => split(self, argument, true)]],
    ["partition", [["sep"], (self, argument) => partition(self, argument, false)]],
    ["rpartition", [["sep"], (self, argument) => partition(self, argument, true)]],
    [
      "splitlines",
      [
        ["keepends"],
        (self, argument) => {
          const keep = argument("keepends");
          const ends = keep !== undefined && keep.value ? (end: string) => end : () => "";
          const lines: string[] = [];
          let start = 0;
          for (const end of self.matchAll(LINE_END)) {
            lines.push(self.slice(start, end.index) + ends(end[0]));
            start = end.index + end[0].length;
          }
          if (start < self.length) lines.push(self.slice(start));
          return list(lines.map(text));
        },
      ],
    ],
    [
      "replace",
      [
        ["old", "new", "count"],
        (self, argument) =>
          text(
            replaced(
              self,
              textArgument("replace", argument("old")),
              textArgument("replace", argument("new")),
              wholeArgument("replace", argument("count"), -1),
            ),
          ),
      ],
    ],
    ["find", found(false)],
    ["rfind", found(true)],
    ["index", mustFind(false)],
    ["rindex", mustFind(true)],
    [
      "count",
      [
        ["sub", "start", "end"],
        (self, argument) => {
          const { inside } = between(self, argument);
          const sought = textArgument("count", argument("sub"));
          return integer(sought === "" ? length(inside) + 1 : inside.split(sought).length - 1);
        },
      ],
    ],
    ["startswith", edge("startswith")],
    ["endswith", edge("endswith")],
    [
      "removeprefix",
      [
        ["prefix"],
        (self, argument) => {
          const prefix = textArgument("removeprefix", argument("prefix"));
          return text(self.startsWith(prefix) ? self.slice(prefix.length) : self);
        },
      ],
    ],
    [
      "removesuffix",
      [
        ["suffix"],
        (self, argument) => {
          const suffix = textArgument("removesuffix", argument("suffix"));
          return text(self.endsWith(suffix) ? self.slice(0, self.length - suffix.length) : self);
        },
      ],
    ],
    [
      "join",
      [
        ["items"],
        (self, argument) => {
          const items = argument("items");
          const parts = items && isText(items) ? Array.from(items.value, text) : items;
          const values = Array.isArray(parts) ? parts : parts && isList(parts) ? parts.value : null;
          if (values === null) throw new TemplateError("can only join an iterable");
          const texts = values.map((item) => textArgument("join", item));
          checkRepeated(self.length, texts.length);
          return text(texts.join(self));
        },
      ],
    ],
    ["isdigit", every(/^\p{Nd}+$/u)],
    ["isdecimal", every(/^\p{Nd}+$/u)],
    ["isnumeric", every(/^\p{N}+$/u)],
    ["isalpha", every(/^\p{L}+$/u)],
    ["isalnum", every(/^[\p{L}\p{N}]+$/u)],
    ["isspace", every(new RegExp(`^[${BLANK}]+$`))],
    [
      "isupper",
      [[], (self) => boolean(self !== self.toLowerCase() && self === self.toUpperCase())],
    ],
    [
      "islower",
      [[], (self) => boolean(self !== self.toUpperCase() && self === self.toLowerCase())],
    ],
    ["ljust", padded(() => 0)],
    ["rjust", padded((missing) => missing)],
    // As CPython rounds it.
    ["center", padded((missing, width) => (missing >> 1) + (missing & width & 1))],
    [
      "zfill",
      [
        ["width"],
        (self, argument) => {
          const missing = wholeArgument("zfill", argument("width")) - length(self);
          if (missing <= 0) return text(self);
          checkRepeated(1, missing);
          const [, sign = "", digits = ""] = /^([+-]?)([^]*)$/.exec(self)!;
          return text(sign + "0".repeat(missing) + digits);
        },
      ],
    ],
  ],
);

const refused = (type: string, name: string): ValueMethod<unknown> => [
  ["a", "b"],
  () => {
    throw new TemplateError(`access to attribute '${name}' of '${type}' object is unsafe.`);
  },
];

const LIST_METHODS: ReadonlyMap<string, ValueMethod<ListValue>> = new Map<
  string,
  ValueMethod<ListValue>
>([
  [
    "count",
    [["value"], (self, argument) => integer(self.value.filter(equals(argument("value"))).length)],
  ],
  [
    "index",
    [
      ["value"],
      (self, argument) => {
        const at = self.value.findIndex(equals(argument("value")));
        if (at < 0) throw new TemplateError("the value is not in the list");
        return integer(at);
      },
    ],
  ],
  ["copy", [[], (self) => list([...self.value])]],
  ...["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"].map(
    (name) => [name, refused("list", name)] as const,
  ),
]);

function equals(sought: Value | undefined): (item: Value) => boolean {
  return (item) => sought !== undefined && isEqual(item, sought);
}

/** A dict's pairs. */
export function pairsOf(self: DictValue): Value[] {
  return [...self.value].map(([key, item]) => tuple([fromKey(key), item]));
}

const DICT_METHODS: ReadonlyMap<string, ValueMethod<DictValue>> = new Map<
  string,
  ValueMethod<DictValue>
>([
  [
    "get",
    [
      ["key", "default"],
      (self, argument) =>
        self.value.get(toKey(argument("key") ?? none())) ?? argument("default") ?? none(),
    ],
  ],
  ["items", [[], (self) => list(pairsOf(self))]],
  ["keys", [[], (self) => list([...self.value.keys()].map(fromKey))]],
  ["values", [[], (self) => list([...self.value.values()])]],
  ["copy", [[], (self) => dict(new Map(self.value))]],
  ...["clear", "pop", "popitem", "setdefault", "update"].map(
    (name) => [name, refused("dict", name)] as const,
  ),
]);

/**
 * `"%s" % values`: the conversions s, r, d and f, with decimals.
 * @throws TemplateError for others, which would be printed otherwise, and for values left over
 */
export function formatted(format: string, values: readonly Value[]): string {
  let next = 0;
  const take = () => {
    const value = values[next++];
    if (value === undefined) throw new TemplateError("not enough arguments for format string");
    return value;
  };
  const result = format.replace(
    /%(?:%|(?:\.(\d+))?([srdf])|)/g,
    (whole, decimals: string | undefined, kind: string | undefined) => {
      if (whole === "%%") return "%";
      if (kind === undefined || (decimals !== undefined && kind !== "f")) {
        throw new TemplateError(`the format '${format}' is not supported`);
      }
      const value = take();
      if (kind === "s") return toText(value);
      if (kind === "r") return represent(value);
      const number = numberOf(value);
      if (number === null) throw new TemplateError(`%${kind} needs a number`);
      return kind === "d"
        ? represent(integer(Math.trunc(number)))
        : number.toFixed(Math.min(Number(decimals ?? 6), 20));
    },
  );
  if (next < values.length) {
    throw new TemplateError("not all arguments converted during string formatting");
  }
  return result;
}

/** `"{} {0} {name}".format(…)`: fields without conversions, attributes or formats. @throws TemplateError for others */
function braced(format: string, args: readonly Value[]): string {
  const last = args.at(-1);
  const byName = last?.type === "KeywordArgumentsValue" ? last.value : null;
  const positional = byName ? args.slice(0, -1) : args;
  let next = 0;
  return format.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, field: string | undefined) => {
    if (field === undefined) return whole[0]!;
    if (!/^\w*$/.test(field)) throw new TemplateError(`the format {${field}} is not supported`);
    const value = /^\d*$/.test(field)
      ? positional[field === "" ? next++ : Number(field)]
      : byName?.get(field);
    if (value === undefined) throw new TemplateError(`the format {${field}} has no value`);
    return toText(value);
  });
}
