/**
 * Chat templates, rendered as transformers' `apply_chat_template` renders them: Jinja2 with `trim_blocks`, `lstrip_blocks`,
 * loop controls, `generation` blocks, `raise_exception`, `strftime_now` and a `tojson` that escapes nothing for HTML. The
 * parser and the interpreter are @huggingface/jinja's; the files beside this one correct where they differ from Jinja2.
 */
import { Environment, parse } from "@huggingface/jinja";
import { bind, textArgument, wholeArgument } from "./arguments";
import { strftime } from "./clock";
import { PythonicInterpreter } from "./interpreter";
import { templateTokens } from "./source";
import {
  boolean,
  callable,
  checkRange,
  dict,
  fromJson,
  integer,
  list,
  none,
  TemplateError,
  text,
  toText,
  type Value,
} from "./values";

/**
 * @param variables JSON values by name
 * @param now what the template's clock shows, local time
 * @throws TemplateError with the template's own words, or the package's errors; RangeError where it nests too deeply
 */
export function renderTemplate(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  now: Date,
): string {
  const program = parse(templateTokens(template));
  const globals = new Environment();
  const define = (name: string, value: Value) =>
    globals.setVariable(name, value as ReturnType<Environment["lookupVariable"]>);
  for (const name of ["true", "True"]) define(name, boolean(true));
  for (const name of ["false", "False"]) define(name, boolean(false));
  for (const name of ["none", "None"]) define(name, none());
  define("range", callable(range));
  define("dict", callable(dictOf));
  define(
    "raise_exception",
    callable(([message]) => {
      throw new TemplateError(toText(message ?? none()));
    }),
  );
  define(
    "strftime_now",
    callable((args) => {
      const argument = bind("strftime_now", ["format"], args);
      return text(strftime(now, textArgument("strftime_now", argument("format"))));
    }),
  );
  const scope = new Environment(globals);
  for (const [name, value] of Object.entries(variables)) {
    scope.setVariable(name, fromJson(value) as ReturnType<Environment["lookupVariable"]>);
  }
  return toText(new PythonicInterpreter(scope).run(program) as Value);
}

/** Python's `range`. */
function range(args: readonly Value[]): Value {
  const [first, second, third] = args;
  const start = second === undefined ? 0 : wholeArgument("range", first);
  const stop = wholeArgument("range", second ?? first);
  const step = wholeArgument("range", third, 1);
  if (step === 0) throw new TemplateError("range() arg 3 must not be zero");
  const length = Math.max(0, Math.ceil((stop - start) / step));
  checkRange(length);
  return list(Array.from({ length }, (_, i) => integer(start + i * step)));
}

/** `dict(a=1)`. */
function dictOf(args: readonly Value[]): Value {
  const last = args.at(-1);
  return dict(new Map(last?.type === "KeywordArgumentsValue" ? last.value : []));
}
