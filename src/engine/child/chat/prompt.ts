/**
 * A chat prompt, and who wrote what in it: the template's own control tokens are read as such; those that seem to be in
 * the messages' texts are not.
 *
 * The prompt is always what the template makes of the texts as they are. To find the texts' look-alikes in it, it is
 * rendered once more with each of their characters replaced by a private one: what comes back behind the same prompt shows
 * their places. A template that looks for such a string itself (`'</think>' in content`) writes another prompt then; of the
 * strings that do so, those that the template never writes itself are the texts', and the others count as the template's.
 */
import type { ChatMessage, PromptPart } from "../../engine";

import { renderTemplate } from "./template";
import { TemplateError } from "./values";

export interface PromptRequest {
  readonly template: string;
  readonly messages: readonly ChatMessage[];
  /** What the template sees beside the messages; JSON. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Control tokens that occur in the messages' texts. */
  readonly lookalikes: readonly string[];
  /** What the template's clock shows, ms since 1970. */
  readonly now: number;
}

/** @throws as `renderTemplate` */
export function chatPrompt(request: PromptRequest): PromptPart[] {
  const { template, messages, variables, lookalikes, now } = request;
  const render = (change: (text: string) => string) => {
    const changed = messages.map(({ role, text }) => ({ role, content: change(text) }));
    return renderTemplate(template, { ...variables, messages: changed }, new Date(now));
  };
  const prompt = render((text) => text);
  if (lookalikes.length === 0) return [{ text: prompt, parseSpecial: true }];

  const used = [prompt, template, ...messages.map(({ text }) => text)].join("");
  const marks = createMarks(lookalikes, used);
  /** The prompt with marks for some of the look-alikes; null: it is another one then. */
  const withMarks = (words: readonly string[]): string | null => {
    const marked = unlessRefused(() => render((text) => marks.mark(text, words)));
    return marked !== null && marks.unmark(marked) === prompt ? marked : null;
  };
  const all = withMarks(lookalikes);
  if (all !== null) return marks.parts(all);

  const silent = lookalikes.filter((word) => withMarks([word]) !== null);
  const marked = withMarks(silent);
  const sought = lookalikes.filter((word) => marked === null || !silent.includes(word));
  // Letters in their place leave what the template writes itself.
  const own = unlessRefused(() => render((text) => marks.blot(text, sought)));
  const onlyTexts = sought.filter((word) => own !== null && !own.includes(word));
  return marks.parts(marks.mark(marked ?? prompt, onlyTexts));
}

/** The control tokens that occur in texts. */
export function lookalikesIn(texts: readonly string[], controls: Iterable<string>): string[] {
  return [...controls].filter((word) => texts.some((text) => text.includes(word)));
}

/** What is rendered; null: a changed text makes the template fail. */
function unlessRefused(render: () => string): string | null {
  try {
    return render();
  } catch {
    return null;
  }
}

/** Blocks of Unicode's private use: characters of one UTF-16 unit, and of two. */
const PRIVATE = [
  { start: 0xe000, end: 0xf900 },
  { start: 0xf0000, end: 0xffffe },
] as const;

interface Marks {
  /** The text with every place of the words marked, overlapping ones too; as long as before, in any unit. */
  mark(text: string, words: readonly string[]): string;
  /** The text with letters in the words' places. */
  blot(text: string, words: readonly string[]): string;
  unmark(text: string): string;
  /** A marked text's parts. */
  parts(text: string): PromptPart[];
}

/** One private character for each of the words' characters, none of them in `used`. */
function createMarks(words: readonly string[], used: string): Marks {
  const taken = new Set(used);
  const next = PRIVATE.map(({ start }) => start);
  const free = (block: 0 | 1): string => {
    while (taken.has(String.fromCodePoint(next[block]!))) next[block]!++;
    if (next[block]! >= PRIVATE[block].end) {
      throw new TemplateError("the messages hold too many private-use characters");
    }
    return String.fromCodePoint(next[block]!++);
  };
  const markOf = new Map<string, string>();
  for (const word of words) {
    for (const c of word) if (!markOf.has(c)) markOf.set(c, free(c.length === 1 ? 0 : 1));
  }
  const characterOf = new Map([...markOf].map(([character, mark]) => [mark, character]));
  const each = (text: string, change: (c: string) => string) => Array.from(text, change).join("");

  return {
    mark: (text, some) => replaced(text, some, (place) => each(place, (c) => markOf.get(c) ?? c)),
    blot: (text, some) => replaced(text, some, (place) => "x".repeat([...place].length)),
    unmark: (text) => each(text, (c) => characterOf.get(c) ?? c),
    parts(text) {
      const parts: PromptPart[] = [];
      let run = "";
      let isMarked = false;
      const end = () => {
        if (run !== "") parts.push({ text: run, parseSpecial: !isMarked });
        run = "";
      };
      for (const c of text) {
        const character = characterOf.get(c);
        if ((character !== undefined) !== isMarked) end();
        isMarked = character !== undefined;
        run += character ?? c;
      }
      end();
      return parts;
    },
  };
}

/** Changes what the words cover, overlapping ones together. */
function replaced(
  text: string,
  words: readonly string[],
  change: (place: string) => string,
): string {
  const covered: { start: number; end: number }[] = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      covered.push({ start: at, end: at + word.length });
    }
  }
  covered.sort((a, b) => a.start - b.start);
  let out = "";
  let at = 0;
  for (let i = 0; i < covered.length;) {
    const { start } = covered[i]!;
    let { end } = covered[i]!;
    while (++i < covered.length && covered[i]!.start < end) end = Math.max(end, covered[i]!.end);
    out += text.slice(at, start) + change(text.slice(start, end));
    at = end;
  }
  return out + text.slice(at);
}
