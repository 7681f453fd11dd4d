import { TemplateError, type Value } from "./values";

/** Arguments of a call by name, as Python binds them: in order, then by keyword. */
export type Bound = (name: string) => Value | undefined;

/**
 * Binds a call's arguments; keyword arguments come last, as one value.
 * @throws TemplateError for more arguments than names, and for other names
 */
export function bind(callee: string, names: readonly string[], args: readonly Value[]): Bound {
  const last = args.at(-1);
  const keywords = last?.type === "KeywordArgumentsValue" ? last.value : null;
  const positional = keywords ? args.slice(0, -1) : args;
  if (positional.length > names.length) {
    throw new TemplateError(`${callee}() takes at most ${names.length} arguments`);
  }
  for (const key of keywords?.keys() ?? []) {
    if (!names.includes(String(key))) {
      throw new TemplateError(`${callee}() got an unexpected keyword argument '${key}'`);
    }
  }
  return (name) => positional[names.indexOf(name)] ?? keywords?.get(name);
}

/** An argument that is a text. @throws TemplateError */
export function textArgument(callee: string, value: Value | undefined): string {
  if (value?.type === "StringValue") return value.value;
  throw new TemplateError(`${callee}() needs a string`);
}

/** An argument that is a whole number; `otherwise` where it is left out. @throws TemplateError */
export function wholeArgument(
  callee: string,
  value: Value | undefined,
  otherwise: number | null = null,
): number {
  if (value === undefined && otherwise !== null) return otherwise;
  if (value?.type === "IntegerValue") return value.value;
  if (value?.type === "BooleanValue") return Number(value.value);
  throw new TemplateError(`${callee}() needs a whole number`);
}
