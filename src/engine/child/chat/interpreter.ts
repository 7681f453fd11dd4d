/**
 * The package's interpreter with Python's rules where it has JavaScript's or none. What it does otherwise than Jinja2:
 * variables set in a loop's body last to the next round, and what stands before `break` and `continue` is lost; macros see
 * their caller's variables; None, booleans, lists and dicts are printed as JSON or not at all; undefined values have
 * attributes; texts are counted in UTF-16; operators take what Python refuses; many methods, filters and tests are missing.
 */
import { type Environment, Interpreter, type parse } from "@huggingface/jinja";
import { applyFilter, attributeOf, itemAt } from "./filters";
import { formatted, methodOf } from "./methods";
import { isIn, testOf } from "./tests";
import {
  boolean,
  callable,
  checkRepeated,
  compare,
  dict,
  float,
  type FunctionValue,
  integer,
  isEqual,
  isList,
  isText,
  isTrue,
  isUndefined,
  itemsOf,
  type Key,
  keywords,
  list,
  mustExist,
  none,
  nothing,
  numberOf,
  TemplateError,
  text,
  toKey,
  toText,
  tuple,
  typeName,
  type Value,
} from "./values";

type Program = ReturnType<typeof parse>;
type Statement = Program["body"][number];
type PackageValue = ReturnType<Interpreter["run"]>;

/** The package's nodes that are evaluated here; their classes are not exported. */
interface Node {
  readonly type: string;
}
interface NameNode extends Node {
  readonly value: string;
}
interface ForNode extends Node {
  readonly loopvar: Node & { readonly value: string | readonly NameNode[] };
  readonly iterable: Node & { readonly lhs?: Node; readonly test?: Node };
  readonly body: readonly Node[];
  readonly defaultBlock: readonly Node[];
}
interface SetNode extends Node {
  readonly assignee: Node;
  readonly body: readonly Node[];
}
interface BinaryNode extends Node {
  readonly operator: { readonly value: string };
  readonly left: Node;
  readonly right: Node;
}
interface MemberNode extends Node {
  readonly object: Node;
  readonly property: Node & { readonly value?: string | number };
  readonly computed: boolean;
}
interface SliceNode extends Node {
  readonly start?: Node;
  readonly stop?: Node;
  readonly step?: Node;
}
interface CallNode extends Node {
  readonly callee: Node;
  readonly args: readonly Node[];
}
interface FilterNode extends Node {
  readonly operand: Node;
  readonly body: readonly Node[];
  readonly filter: NameNode | (CallNode & { readonly callee: NameNode });
}
interface TestNode extends Node {
  readonly operand: Node;
  readonly negate: boolean;
  readonly test: NameNode;
}

/** `break` or `continue` on its way to its loop. */
class LoopControl extends Error {
  /** What the loop's body had written before. */
  written = "";

  constructor(readonly kind: "Break" | "Continue") {
    super(`'${kind.toLowerCase()}' outside loop`);
  }
}

/** Of the package's methods that only its types keep private. */
interface Internals {
  evaluateArguments(args: readonly Node[], scope: Environment): [Value[], Map<Key, Value>];
}

export class PythonicInterpreter extends Interpreter {
  constructor(environment: Environment) {
    super(environment);
    // The package's statements call this one of theirs for what is in them.
    Object.defineProperty(this, "evaluateBlock", {
      value: (statements: readonly Node[], scope: Environment) => this.block(statements, scope),
    });
  }

  override evaluate(node: Statement | undefined, scope: Environment): PackageValue {
    if (node === undefined) return super.evaluate(node, scope);
    return (this.ours(node, scope) ?? super.evaluate(node, scope)) as PackageValue;
  }

  /** The value of a node that is evaluated here; null: the package's own way is right. */
  private ours(node: Node, scope: Environment): Value | null {
    switch (node.type) {
      case "Break":
      case "Continue":
        throw new LoopControl(node.type);
      case "For":
        return this.loop(node as ForNode, scope);
      case "Set":
        return this.filteredSet(node as SetNode, scope);
      case "Macro":
        return this.macro(node as Node & { readonly name: NameNode }, scope);
      case "Identifier":
        return variable(scope, (node as NameNode).value);
      case "ArrayLiteral":
        return list(this.all((node as Node & { readonly value: readonly Node[] }).value, scope));
      case "TupleLiteral":
        return tuple(this.all((node as Node & { readonly value: readonly Node[] }).value, scope));
      case "ObjectLiteral":
        return this.dictOf(node as Node & { readonly value: ReadonlyMap<Node, Node> }, scope);
      case "BinaryExpression":
        return this.binary(node as BinaryNode, scope);
      case "MemberExpression":
        return this.member(node as MemberNode, scope);
      case "CallExpression":
        return this.call(node as CallNode, scope);
      case "FilterExpression": {
        const { operand, filter } = node as FilterNode;
        return this.filtered(this.value(operand, scope), filter, scope);
      }
      case "FilterStatement": {
        const { body, filter } = node as FilterNode;
        return this.filtered(this.block(body, scope), filter, scope);
      }
      case "TestExpression": {
        const { operand, test, negate } = node as TestNode;
        return boolean(testOf(test.value)(this.value(operand, scope)) !== negate);
      }
      default:
        return null;
    }
  }

  private value(node: Node, scope: Environment): Value {
    return this.evaluate(node, scope) as Value;
  }

  private all(nodes: readonly Node[], scope: Environment): Value[] {
    return nodes.map((node) => this.value(node, scope));
  }

  /** What statements write, one after the other. */
  private block(statements: readonly Node[], scope: Environment): Value {
    let written = "";
    try {
      for (const statement of statements) {
        const value = this.value(statement, scope);
        // Statements have no value; an expression's may be None.
        if (value.type === "NullValue" && WRITES_NOTHING.has(statement.type)) continue;
        written += toText(value);
        text(written);
      }
    } catch (error) {
      if (error instanceof LoopControl) error.written = written + error.written;
      throw error;
    }
    return text(written);
  }

  private loop({ loopvar, iterable, body, defaultBlock }: ForNode, outer: Environment): Value {
    const { lhs, test } = iterable;
    const isSelected =
      iterable.type === "SelectExpression" && lhs !== undefined && test !== undefined;
    const bind = (scope: Environment, item: Value) => {
      if (typeof loopvar.value === "string") {
        set(scope, loopvar.value, item);
        return scope;
      }
      const parts = itemsOf(item);
      if (parts.length !== loopvar.value.length) {
        throw new TemplateError(
          `can't unpack ${parts.length} values into ${loopvar.value.length} variables`,
        );
      }
      loopvar.value.forEach((name, i) => set(scope, name.value, parts[i]!));
      return scope;
    };
    const all = itemsOf(this.value(isSelected ? lhs : iterable, outer));
    const items = isSelected
      ? all.filter((item) => isTrue(this.value(test, bind(inner(outer), item))))
      : all;
    const depth = numberOf(itemAt(variable(outer, "loop"), text("depth"))) ?? 0;
    let written = "";
    let last: Value | null = null;
    let isEmpty = true;
    for (const [i, item] of items.entries()) {
      const scope = inner(outer);
      const facts: readonly (readonly [string, Value])[] = [
        ["index", integer(i + 1)],
        ["index0", integer(i)],
        ["revindex", integer(items.length - i)],
        ["revindex0", integer(items.length - i - 1)],
        ["first", boolean(i === 0)],
        ["last", boolean(i === items.length - 1)],
        ["length", integer(items.length)],
        ["depth", integer(depth + 1)],
        ["depth0", integer(depth)],
        ["previtem", items[i - 1] ?? nothing("there is no previous item")],
        ["nextitem", items[i + 1] ?? nothing("there is no next item")],
        ["cycle", callable((args) => args[i % args.length] ?? none())],
        [
          "changed",
          callable((args) => {
            const now = tuple(args);
            const isChanged = last === null || !isEqual(last, now);
            last = now;
            return boolean(isChanged);
          }),
        ],
      ];
      set(scope, "loop", dict(new Map(facts)));
      bind(scope, item);
      try {
        written += toText(this.block(body, scope));
        isEmpty = false;
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        written += error.written;
        if (error.kind === "Break") break;
      }
      text(written);
    }
    // As Jinja2 does it: also where no round came to its end.
    if (isEmpty) written += toText(this.block(defaultBlock, inner(outer)));
    return text(written);
  }

  /** `{% set name | filter %}…{% endset %}`; null: there is no filter. */
  private filteredSet({ assignee, body }: SetNode, scope: Environment): Value | null {
    if (assignee.type !== "FilterExpression") return null;
    const filters: FilterNode["filter"][] = [];
    let target: Node = assignee;
    while (target.type === "FilterExpression") {
      filters.unshift((target as FilterNode).filter);
      target = (target as FilterNode).operand;
    }
    const value = filters.reduce(
      (result, filter) => this.filtered(result, filter, scope),
      this.block(body, inner(scope)),
    );
    set(scope, (target as NameNode).value, value);
    return none();
  }

  /** Defines a macro that sees what is around its definition, not around its call. */
  private macro(node: Node & { readonly name: NameNode }, scope: Environment): Value {
    super.evaluate(node, scope);
    const { name } = node;
    const defined = variable(scope, name.value) as FunctionValue;
    const called = callable((args, caller) => {
      const around = inner(scope);
      const body = caller.variables.get("caller");
      if (body !== undefined) around.setVariable("caller", body);
      return defined.value(args, around);
    });
    set(scope, name.value, called);
    return none();
  }

  private dictOf(node: { readonly value: ReadonlyMap<Node, Node> }, scope: Environment): Value {
    const pairs = [...node.value].map(
      ([key, item]) => [toKey(this.value(key, scope)), this.value(item, scope)] as const,
    );
    return dict(new Map(pairs));
  }

  private arguments(args: readonly Node[], scope: Environment): Value[] {
    const internals = this as unknown as Internals;
    const [positional, byKeyword] = internals.evaluateArguments(args, scope);
    return byKeyword.size > 0 ? [...positional, keywords(byKeyword)] : positional;
  }

  private call({ callee, args }: CallNode, scope: Environment): Value {
    const called = mustExist(this.value(callee, scope));
    if (called.type !== "FunctionValue") {
      throw new TemplateError(`'${typeName(called)}' object is not callable`);
    }
    return called.value(this.arguments(args, scope), scope);
  }

  private filtered(operand: Value, filter: FilterNode["filter"], scope: Environment): Value {
    if ("callee" in filter) {
      return applyFilter(filter.callee.value, operand, this.arguments(filter.args, scope));
    }
    return applyFilter(filter.value, operand, []);
  }

  private member({ object, property, computed }: MemberNode, scope: Environment): Value {
    const owner = this.value(object, scope);
    if (property.type === "SliceExpression") {
      return this.slice(mustExist(owner), property, scope);
    }
    const key = computed
      ? this.value(property, scope)
      : typeof property.value === "number"
        ? integer(property.value)
        : text(String(property.value));
    mustExist(owner);
    if (!isText(key)) return itemAt(owner, key);
    if (!computed) return attributeOf(owner, key.value);
    const item = itemAt(owner, key);
    return isUndefined(item) ? (methodOf(owner, key.value) ?? item) : item;
  }

  private slice(owner: Value, { start, stop, step }: SliceNode, scope: Environment): Value {
    const bound = (node: Node | undefined) => {
      if (node === undefined) return null;
      const value = this.value(node, scope);
      return value.type === "NullValue" ? null : numberOf(mustExist(value));
    };
    const [from, to, by] = [bound(start), bound(stop), bound(step) ?? 1];
    if (by === 0) throw new TemplateError("slice step cannot be zero");
    if (isText(owner)) return text(sliced([...owner.value], from, to, by).join(""));
    if (!isList(owner)) throw new TemplateError(`'${typeName(owner)}' object can't be sliced`);
    const items = sliced(owner.value, from, to, by);
    return owner.type === "TupleValue" ? tuple(items) : list(items);
  }

  private binary({ operator, left: l, right: r }: BinaryNode, scope: Environment): Value {
    const left = this.value(l, scope);
    const sign = operator.value;
    if (sign === "and") return isTrue(left) ? this.value(r, scope) : left;
    if (sign === "or") return isTrue(left) ? left : this.value(r, scope);
    const right = this.value(r, scope);
    switch (sign) {
      case "==":
        return boolean(isEqual(left, right));
      case "!=":
        return boolean(!isEqual(left, right));
      case "in":
        return boolean(isIn(left, right));
      case "not in":
        return boolean(!isIn(left, right));
      case "~":
        return text(toText(left) + toText(right));
      case "<":
        return boolean(compare(left, right, sign) < 0);
      case "<=":
        return boolean(compare(left, right, sign) <= 0);
      case ">":
        return boolean(compare(left, right, sign) > 0);
      case ">=":
        return boolean(compare(left, right, sign) >= 0);
      default:
        return reckon(sign, mustExist(left), mustExist(right));
    }
  }
}

/** Statements, whose None is not written. */
const WRITES_NOTHING: ReadonlySet<string> = new Set(["Set", "Macro", "Comment"]);

function inner(scope: Environment): Environment {
  return new (scope.constructor as new (parent: Environment) => Environment)(scope);
}

function set(scope: Environment, name: string, value: Value): void {
  scope.setVariable(name, value as PackageValue);
}

function variable(scope: Environment, name: string): Value {
  const value = scope.lookupVariable(name) as Value;
  return isUndefined(value) && value.reason === undefined
    ? nothing(`'${name}' is undefined`)
    : value;
}

/** Python's slice; null: from the one end, to the other. */
function sliced<T>(items: readonly T[], from: number | null, to: number | null, by: number): T[] {
  const size = items.length;
  const [least, most] = by > 0 ? [0, size] : [-1, size - 1];
  const place = (at: number | null, otherwise: number) => {
    if (at === null) return otherwise;
    return Math.min(most, Math.max(least, at < 0 ? at + size : at));
  };
  const start = place(from, by > 0 ? least : most);
  const end = place(to, by > 0 ? most : least);
  const out: T[] = [];
  for (let i = start; by > 0 ? i < end : i > end; i += by) out.push(items[i]!);
  return out;
}

/** Python's arithmetic. @throws TemplateError for values that don't go together */
function reckon(sign: string, left: Value, right: Value): Value {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== null && b !== null) {
    const isFloat = left.type === "FloatValue" || right.type === "FloatValue";
    const number = (value: number) => (isFloat ? float(value) : integer(value));
    if (b === 0 && ["/", "//", "%"].includes(sign)) throw new TemplateError("division by zero");
    switch (sign) {
      case "+":
        return number(a + b);
      case "-":
        return number(a - b);
      case "*":
        return number(a * b);
      case "/":
        return float(a / b);
      case "//":
        return number(Math.floor(a / b));
      case "%":
        return number(a - b * Math.floor(a / b));
      case "**":
        return isFloat || b < 0 ? float(a ** b) : integer(a ** b);
      default:
        break;
    }
  }
  if (sign === "%" && isText(left)) {
    return text(formatted(left.value, right.type === "TupleValue" ? right.value : [right]));
  }
  if (sign === "+" && isText(left) && isText(right)) return text(left.value + right.value);
  if (sign === "+" && isList(left) && isList(right) && left.type === right.type) {
    const items = [...left.value, ...right.value];
    return left.type === "TupleValue" ? tuple(items) : list(items);
  }
  if (sign === "*" && (b !== null || a !== null)) {
    const [owner, times] = b !== null ? [left, b] : [right, a!];
    const count = Math.max(0, times);
    if (isText(owner)) {
      checkRepeated(owner.value.length, count);
      return text(owner.value.repeat(count));
    }
    if (isList(owner)) {
      checkRepeated(owner.value.length, count);
      return list(Array.from({ length: count }, () => owner.value).flat());
    }
  }
  if (sign === "+" && isText(left)) {
    throw new TemplateError(`can only concatenate str (not "${typeName(right)}") to str`);
  }
  throw new TemplateError(
    `unsupported operand type(s) for ${sign}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}
