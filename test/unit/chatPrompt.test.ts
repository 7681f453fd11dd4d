import { describe, expect, it } from "vitest";
import { strftime } from "../../src/engine/child/chat/clock";
import { chatPrompt, lookalikesIn } from "../../src/engine/child/chat/prompt";
import { renderTemplate } from "../../src/engine/child/chat/template";

const NOW = new Date(2026, 0, 5, 13, 4, 9);
const render = (template: string, variables: Record<string, unknown> = {}) =>
  renderTemplate(template, variables, NOW);

/** What each line gives in Jinja2 3.1.6, set up as in `chatReference.py`. */
const JINJA: readonly (readonly [template: string, printed: string])[] = [
  [
    "{{ none }} {{ true }} {{ [1, 'a', none, 1.5] }} {{ {'a': 1} }}",
    "None True [1, 'a', None, 1.5] {'a': 1}",
  ],
  ["{{ 1 / 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 3 }} {{ 3 / 1 }}", "0.5 -4 2 8 3.0"],
  ["{{ 'a' ~ 1 ~ none ~ x }} {{ 'a' * 3 }}", "a1None aaa"],
  ["{{ '😀abc' | length }}{{ '😀abc'[0] }}{{ '😀abc'[1:] }}{{ 'abc'[::-1] }}", "4😀abccba"],
  ["{% for c in 'ab' %}{{ c }}{{ loop.index }}{{ loop.last }};{% endfor %}", "a1False;b2True;"],
  [
    "{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}a{{ i }}{% if i == 3 %}{% break %}{% endif %}b{% endfor %}",
    "a0ba2ba3",
  ],
  ["{% set a = 1 %}{% for i in [1, 2] %}{{ a }}{% set a = 5 %}{{ a }}{% endfor %}{{ a }}", "15151"],
  [
    "{% set n = namespace(a=1) %}{% for i in [1, 2] %}{% set n.a = n.a + i %}{% endfor %}{{ n.a }}",
    "4",
  ],
  ["{% macro m() %}[{{ w }}]{% endmacro %}{% for w in [7] %}{{ m() }}{% endfor %}", "[]"],
  ["{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}hi{% endcall %}", "[hi]"],
  ["{{ 3 is divisibleby 3 }}{{ 3 is not divisibleby(2) }}{{ 'a' is in ['a'] }}", "TrueTrueTrue"],
  ["{{ [{'a': 1}, {}] | selectattr('a', 'defined') | map(attribute='a') | list }}", "[1]"],
  ["{{ 'aXbX'.replace('X', '-', 1) }}{{ 'a,b,c'.rsplit(',', 1) }}", "a-bX['a,b', 'c']"],
  ["{{ {'b': [1], 'a': 'é<'} | tojson }}", '{"b": [1], "a": "é<"}'],
  ["{{ {'a': [1, {}]} | tojson(indent=2) }}", '{\n  "a": [\n    1,\n    {}\n  ]\n}'],
  ["{{ '%s has %d' % ('a', 3) }} {{ '{} {b}'.format(1, b=2) }}", "a has 3 1 2"],
  ["{{ '%r %.2f %d %%' % ('a', 0.5, 3.7) }}", "'a' 0.50 3 %"],
  ["  {% if true %}  a\n  {% endif %}\n b {%- if true %} y {% endif -%}  z", "  a\n b y z"],
  ["{%- raw -%}  {{ x }} {% y %} {%- endraw -%} b {# c -#}  d", "{{ x }} {% y %}b d"],
  ["{{ '%}' }}{{ '}}' }}{{ {'a': {'b': 1}}.a.b }}{{ 'a\\qb\\x41' }}", "%}}}1a\\qbA"],
  ["a\r\n{% if true %}\r\nb{% endif %}\n", "a\nb"],
  ["{% generation %}a{% endgeneration %} {%- generation -%} b", "ab"],
  ["{{ x.y is defined if x is defined else 'no' }}{{ none.y is defined }}", "noFalse"],
];

/** What Jinja2 refuses, in its words. */
const REFUSED: readonly (readonly [template: string, words: string])[] = [
  ["{{ raise_exception('Only user roles!') }}", "Only user roles!"],
  ["{{ x.y }}", "'x' is undefined"],
  ["{{ m['a'].b }}", "'dict object' has no attribute 'a'"],
  ["{% for a in none %}{% endfor %}", "'NoneType' object is not iterable"],
  ["{{ 1 < none }}", "'<' not supported between instances of 'int' and 'NoneType'"],
  ["{{ 'x' | nosuch }}", "No filter named 'nosuch'."],
  ["{{ '%s' % (1, 2) }}", "not all arguments converted during string formatting"],
  [
    "{{ range(100001) }}",
    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).",
  ],
];

describe("templates", () => {
  it.each(JINJA)("print what Jinja2 prints: %s", (template, printed) => {
    expect(render(template)).toBe(printed);
  });

  it.each(REFUSED)("fail in Jinja2's words: %s", (template, words) => {
    expect(() => render(template, { m: {} })).toThrow(words);
  });

  it("reach nothing of JavaScript", () => {
    const values = ["''", "[]", "{}", "1", "true", "none", "range", "namespace()", "namespace"];
    const names = [
      "constructor",
      "__proto__",
      "prototype",
      "toString",
      "value",
      "builtins",
      "type",
    ];
    for (const value of values) {
      for (const name of names) {
        expect(render(`{{ (${value}).${name} is defined }}`), `${value}.${name}`).toBe("False");
        expect(render(`{{ (${value})['${name}'] is defined }}`)).toBe("False");
        expect(render(`{{ (${value}) | attr('${name}') is defined }}`)).toBe("False");
      }
    }
    for (const name of ["constructor", "__proto__", "process", "globalThis", "require", "self"]) {
      expect(render(`{{ ${name} is defined }}`), name).toBe("False");
    }
    expect(render("{{ m.a }}{{ m.constructor is defined }}", { m: { a: 1 } })).toBe("1False");
    expect(() => render("{{ [1].append(2) }}")).toThrow("unsafe");
  });

  it("tell the time as Python does", () => {
    expect(render("{{ strftime_now('%d %b %Y') }}")).toBe("05 Jan 2026");
    // Python 3: datetime.datetime(2026, 1, 5, 13, 4, 9).strftime(…)
    const all = "%a %A %B %-d %e %F %H %I %j %M %p %S %T %U %w %W %y %% %q";
    const written =
      "Mon Monday January 5  5 2026-01-05 13 01 005 04 PM 09 13:04:09 01 1 01 26 % %q";
    expect(strftime(NOW, all)).toBe(written);
  });
});

describe("chat prompts", () => {
  const CONTROLS = ["<s>", "</s>", "<|user|>", "<|end|>", "</think>", "<|"];
  const parts = (template: string, user: string, system?: string) => {
    const messages = [
      ...(system === undefined ? [] : [{ role: "system", text: system } as const]),
      { role: "user", text: user } as const,
    ];
    const texts = messages.map(({ text }) => text);
    const lookalikes = lookalikesIn(texts, CONTROLS);
    const variables = { bos_token: "<s>" };
    return chatPrompt({ template, messages, variables, lookalikes, now: 0 });
  };
  const special = (text: string) => ({ text, parseSpecial: true });
  const plain = (text: string) => ({ text, parseSpecial: false });
  const TEMPLATE =
    "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>{{ m.content | trim }}<|end|>{% endfor %}";

  it("are the template's own where no text looks like a control token", () => {
    expect(parts(TEMPLATE, "  Hi ")).toEqual([special("<s><|user|>Hi<|end|>")]);
  });

  it("keep the texts' look-alikes apart from the template's control tokens", () => {
    expect(parts(TEMPLATE, "a</s>b <|end|>", "<s>")).toEqual([
      special("<s><|system|>"),
      plain("<s>"),
      special("<|end|><|user|>a"),
      plain("</s>"),
      special("b "),
      plain("<|end|>"),
      special("<|end|>"),
    ]);
  });

  it("take overlapping ones together, and private characters for what they are", () => {
    expect(parts("{{ messages[0].content }}", "\ue000<|<|end|>\u{f0000}")).toEqual([
      special("\ue000"),
      plain("<|<|end|>"),
      special("\u{f0000}"),
    ]);
  });

  it("are the reference's where the template looks for such a string", () => {
    const splits =
      "{% set c = messages[0].content %}{{ c.split('</think>')[-1] if '</think>' in c else c }}<|end|>";
    expect(parts(splits, "why</think>a</s>b")).toEqual([
      special("a"),
      plain("</s>"),
      special("b<|end|>"),
    ]);
    const finds =
      "{% if '</s>' in messages[0].content %}found {% endif %}{{ messages[0].content }}<|end|>";
    expect(parts(finds, "a</s>")).toEqual([special("found a"), plain("</s>"), special("<|end|>")]);
    // Which of two is whose can't be told: as the reference's string is read.
    const writes = "{% if '</s>' in messages[0].content %}</s>{% endif %}{{ messages[0].content }}";
    expect(parts(`${writes}</s>`, "a</s>")).toEqual([special("</s>a</s></s>")]);
  });

  it("count characters as the template would", () => {
    const cut = "{{ messages[0].content[:5] }}{{ messages[0].content | length }}";
    expect(parts(cut, "ab</s>")).toEqual([special("ab"), plain("</s"), special("6")]);
  });
});
