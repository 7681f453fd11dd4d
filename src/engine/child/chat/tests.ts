/** Jinja2's tests, `x is …`. */
import {
  compare,
  isDict,
  isEqual,
  isList,
  isText,
  itemsOf,
  mustExist,
  numberOf,
  TemplateError,
  type Value,
} from "./values";

type Test = (value: Value, ...args: Value[]) => boolean;

/** @throws TemplateError where Jinja2 knows no such test */
export function testOf(name: string): Test {
  const test = TESTS.get(name);
  if (test === undefined) throw new TemplateError(`No test named '${name}'.`);
  return test;
}

function whole(value: Value): number {
  const number = numberOf(mustExist(value));
  if (number === null) throw new TemplateError("a number is needed");
  return number;
}

/** @throws TemplateError where a value can't contain another */
export function isIn(sought: Value, container: Value): boolean {
  if (isText(container)) {
    if (!isText(mustExist(sought))) {
      throw new TemplateError("'in <string>' requires string as left operand");
    }
    return container.value.includes(sought.value as string);
  }
  if (container.type === "NullValue" || numberOf(container) !== null) itemsOf(container);
  return itemsOf(container).some((item) => isEqual(item, sought));
}

const order = (operator: string, holds: (difference: number) => boolean): Test => {
  return (a, b) => holds(compare(a, given(b), operator));
};

function given(value: Value | undefined): Value {
  if (value === undefined) throw new TemplateError("a test lacks its argument");
  return value;
}

const equal: Test = (a, b) => isEqual(a, given(b));
const unequal: Test = (a, b) => !isEqual(a, given(b));
const less = order("<", (d) => d < 0);
const lessOrEqual = order("<=", (d) => d <= 0);
const greater = order(">", (d) => d > 0);
const greaterOrEqual = order(">=", (d) => d >= 0);

const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["defined", (value) => value.type !== "UndefinedValue"],
  ["undefined", (value) => value.type === "UndefinedValue"],
  ["none", (value) => value.type === "NullValue"],
  ["boolean", (value) => value.type === "BooleanValue"],
  ["true", (value) => value.type === "BooleanValue" && value.value],
  ["false", (value) => value.type === "BooleanValue" && !value.value],
  ["integer", (value) => value.type === "IntegerValue"],
  ["float", (value) => value.type === "FloatValue"],
  ["number", (value) => numberOf(value) !== null],
  ["string", isText],
  ["mapping", isDict],
  // A dict and even an undefined value have a length, too.
  [
    "sequence",
    (value) => isList(value) || isText(value) || isDict(value) || value.type === "UndefinedValue",
  ],
  [
    "iterable",
    (value) => isList(value) || isText(value) || isDict(value) || value.type === "UndefinedValue",
  ],
  ["callable", (value) => value.type === "FunctionValue"],
  ["odd", (value) => Math.abs(whole(value) % 2) === 1],
  ["even", (value) => whole(value) % 2 === 0],
  ["divisibleby", (value, by) => whole(value) % whole(given(by)) === 0],
  [
    "sameas",
    (value, other) => value.type === given(other).type && value.value === given(other).value,
  ],
  ["in", (value, container) => isIn(value, given(container))],
  ["lower", (value) => isCased(value, (text) => text.toLowerCase())],
  ["upper", (value) => isCased(value, (text) => text.toUpperCase())],
  ["escaped", () => false],
  ...["eq", "equalto", "=="].map((name) => [name, equal] as const),
  ...["ne", "!="].map((name) => [name, unequal] as const),
  ...["lt", "lessthan", "<"].map((name) => [name, less] as const),
  ...["le", "<="].map((name) => [name, lessOrEqual] as const),
  ...["gt", "greaterthan", ">"].map((name) => [name, greater] as const),
  ...["ge", ">="].map((name) => [name, greaterOrEqual] as const),
]);

/** Python's `islower` and `isupper`: there is a letter with case, and all are of that case. */
function isCased(value: Value, change: (text: string) => string): boolean {
  if (!isText(value)) return false;
  const text = value.value;
  return text === change(text) && text.toLowerCase() !== text.toUpperCase();
}
