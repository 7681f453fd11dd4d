/**
 * A template's source as Jinja2's lexer cuts it, in the package's tokens. The package's own lexer is used inside of tags
 * only. What it does otherwise than Jinja2 with `trim_blocks` and `lstrip_blocks`, as transformers sets them: blanks are
 * stripped by patterns over the whole source, in texts and strings as well; there is no `{%+`, `+%}`, `{% raw %}` or CRLF;
 * unknown escapes in strings are errors; tests take no arguments.
 */
import { tokenize } from "@huggingface/jinja";
import { TemplateError } from "./values";

type Token = ReturnType<typeof tokenize>[number];
type TokenType = Token["type"];

/** What Python's `\s` and `strip` take for a blank. */
export const BLANK =
  "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const OPENING = /\{(?:%|\{|#)/g;
const BLANK_LINE_START = new RegExp(`^[${BLANK}]*$`);
const LEADING_BLANKS = new RegExp(`^[${BLANK}]+`);
const ALL_BLANKS_BEHIND = new RegExp(`[${BLANK}]*`, "y");

/** @throws TemplateError, or the package's errors, for what is no template */
export function templateTokens(template: string): Token[] {
  const source = template.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const tokens: Token[] = [];
  let at = 0;
  /** The text before `at` ends with a line: what strips a line's blanks may do so from there. */
  let startsLine = true;

  const addText = (text: string) => {
    if (text !== "") tokens.push(token(text, "Text"));
  };
  /** Adds the text before a tag that opens with `sign` after its braces. */
  const addTextBefore = (start: number, sign: string, isBlock: boolean) => {
    const text = source.slice(at, start);
    if (sign === "-") addText(withoutBlanksBehind(text));
    else if (sign !== "+" && isBlock) addText(withoutIndent(text, startsLine));
    else addText(text);
  };
  /** Goes on behind a tag that closes with `sign` before its braces. */
  const goOn = (end: number, sign: string, isBlock: boolean) => {
    at = end;
    if (sign === "-") {
      ALL_BLANKS_BEHIND.lastIndex = end;
      at = end + ALL_BLANKS_BEHIND.exec(source)![0].length;
    } else if (isBlock && sign !== "+" && source[end] === "\n") at = end + 1;
    startsLine = source[at - 1] === "\n";
  };

  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(source);
    if (opening === null) break;
    const start = opening.index;
    const kind = opening[0];
    const isBlock = kind !== "{{";
    const sign = signAt(source, start + 2);
    addTextBefore(start, sign, isBlock);
    const inside = start + 2 + sign.length;
    if (kind === "{#") {
      const end = source.indexOf("#}", inside);
      if (end < 0) throw new TemplateError("Missing end of comment tag");
      const last = end > inside ? source[end - 1]! : "";
      goOn(end + 2, last === "-" || last === "+" ? last : "", true);
      continue;
    }
    const { code, sign: closing, end } = tag(source, inside, kind === "{{" ? "}}" : "%}");
    const word = isBlock ? code.trim() : "";
    if (word === "raw") {
      const raw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
      raw.lastIndex = end;
      const endraw = raw.exec(source);
      if (endraw === null) throw new TemplateError("Missing end of raw directive");
      // Behind `{% raw %}` the line's end stays.
      goOn(end, closing === "-" ? "-" : "+", true);
      addTextBefore(Math.max(at, endraw.index), endraw[1]!, true);
      goOn(endraw.index + endraw[0].length, endraw[2]!, true);
      continue;
    }
    goOn(end, closing, isBlock);
    // transformers marks an assistant's words so; nothing is rendered otherwise.
    if (word === "generation" || word === "endgeneration") continue;
    const [open, close] = isBlock ? ["{%", "%}"] : ["{{", "}}"];
    tokens.push(...withTestArguments(tokenize(`${open} ${code} ${close}`)));
  }
  addText(source.slice(at));
  return tokens;
}

function token(value: string, type: TokenType): Token {
  return { value, type };
}

function signAt(source: string, at: number): string {
  const sign = source[at];
  return sign === "-" || sign === "+" ? sign : "";
}

function withoutBlanksBehind(text: string): string {
  let end = text.length;
  while (end > 0 && LEADING_BLANKS.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Without the blanks between a line's start and the tag behind the text. */
function withoutIndent(text: string, startsLine: boolean): string {
  const line = text.lastIndexOf("\n") + 1;
  if (line === 0 && !startsLine) return text;
  return BLANK_LINE_START.test(text.slice(line)) ? text.slice(0, line) : text;
}

/** Reads a tag up to its end, past strings and brackets; strings are written so that the package reads them as Python does. */
function tag(
  source: string,
  start: number,
  close: string,
): { code: string; sign: string; end: number } {
  let code = "";
  let depth = 0;
  let at = start;
  while (at < source.length) {
    const c = source[at]!;
    if (depth === 0) {
      if (source.startsWith(close, at)) return { code, sign: "", end: at + 2 };
      const isSign = c === "-" || (c === "+" && close === "%}");
      if (isSign && source.startsWith(close, at + 1)) return { code, sign: c, end: at + 3 };
    }
    if (c === "'" || c === '"') {
      let end = at + 1;
      while (end < source.length && source[end] !== c) end += source[end] === "\\" ? 2 : 1;
      if (end >= source.length)
        throw new TemplateError(`unexpected char ${c}: a string has no end`);
      code += requoted(source.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    if ("([{".includes(c)) depth++;
    if (")]}".includes(c)) depth--;
    code += c;
    at++;
  }
  throw new TemplateError(`unexpected end of template, expected '${close}'.`);
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
};

/** A string literal's inside with Python's escapes, as a literal of the few escapes that the package reads. */
function requoted(inside: string): string {
  const value = inside.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([^]))/g,
    (whole, x?: string, u?: string, U?: string, octal?: string, letter?: string) => {
      const hex = x ?? u ?? U;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      // Python keeps escapes that it does not know.
      return ESCAPED[letter!] ?? whole;
    },
  );
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** Names that end a test's argument list, which needs no brackets. */
const AFTER_TEST = new Set(["else", "or", "and", "is", "not", "in", "if"]);
const CLOSERS: Readonly<Record<string, string>> = {
  OpenParen: "CloseParen",
  OpenSquareBracket: "CloseSquareBracket",
  OpenCurlyBracket: "CloseCurlyBracket",
};

/** Writes tests with arguments, `x is divisibleby 3`, as filters of the name `is divisibleby`, which the parser reads. */
function withTestArguments(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const here = tokens[i]!;
    out.push(here);
    if (!isName(here, "is") || tokens[i - 1]?.type === "Dot") continue;
    const isNegated = isName(tokens[i + 1], "not");
    const nameAt = i + (isNegated ? 2 : 1);
    const name = tokens[nameAt];
    if (name?.type !== "Identifier") continue;
    const end = argumentEnd(tokens, nameAt + 1);
    if (end === null) continue;
    const inBrackets = tokens[nameAt + 1]!.type === "OpenParen";
    const args = withTestArguments(tokens.slice(nameAt + 1, end));
    out.pop();
    out.push(
      token("|", "Pipe"),
      token(`${isNegated ? "is not" : "is"} ${name.value}`, "Identifier"),
      ...(inBrackets ? args : [token("(", "OpenParen"), ...args, token(")", "CloseParen")]),
    );
    i = end - 1;
  }
  return out;
}

function isName(candidate: Token | undefined, name: string): boolean {
  return candidate?.type === "Identifier" && candidate.value === name;
}

/** Where a test's argument ends, exclusive; null: it has none. */
function argumentEnd(tokens: readonly Token[], start: number): number | null {
  const first = tokens[start];
  if (first === undefined) return null;
  const isArgument =
    first.type in CLOSERS ||
    first.type === "StringLiteral" ||
    first.type === "NumericLiteral" ||
    (first.type === "Identifier" && !AFTER_TEST.has(first.value));
  if (!isArgument) return null;
  let end = groupEnd(tokens, start);
  if (first.type === "OpenParen") return end;
  for (;;) {
    const next = tokens[end]?.type;
    if (next === "Dot") end += 2;
    else if (next === "OpenParen" || next === "OpenSquareBracket") end = groupEnd(tokens, end);
    else return end;
  }
}

/** Behind the bracket that closes the one at `start`, or behind the one token. */
function groupEnd(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    const { type } = tokens[i]!;
    if (type in CLOSERS) depth++;
    else if (Object.values(CLOSERS).includes(type)) depth--;
    if (depth === 0) return i + 1;
  }
  return tokens.length;
}
