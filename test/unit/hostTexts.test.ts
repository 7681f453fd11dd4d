import { describe, expect, it } from "vitest";
import { plainLabel } from "../../src/analysis/presentation/format";
import { notificationText } from "../../src/analysis/presentation/notificationText";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { panelHtml } from "../../src/host/panels/panelHtml";
import { progressText, type Status, statusText } from "../../src/host/status/statusText";
import { tooltipMarkdown } from "../../src/host/status/statusTooltip";
import { documentRows } from "../../src/host/views/documentRows";
import { modelRows } from "../../src/host/views/modelRows";
import type { Row } from "../../src/host/views/rows";
import { escapeMarkdown } from "../../src/protocol/markdown";
import type { ScoringProgress } from "../../src/protocol/documents";
import type { ModelState } from "../../src/protocol/models";
import type { DocumentSummary, RoleSummary } from "../../src/protocol/summary";
import type { ModelFacts } from "../../src/protocol/scores";
import { type View, viewSchema } from "../../src/protocol/settings";

const facts: ModelFacts = {
  path: "/models/base.gguf",
  adapter: null,
  identity: { sha256: null, stamp: "base" },
  adapterFacts: null,
  name: "Base <b>$(zap)</b>",
  architecture: "llama",
  quantisation: "Q8_0",
  bitsPerWeight: 8.5,
  sizeBytes: 143_000_000,
  parameters: 134_515_008,
  trainedContext: 2048,
  vocabularySize: 49_152,
  tokenizer: "BPE",
  tokenizerDigest: "d",
  addsBos: true,
  tokenizerFaults: [],
  hasChatTemplate: false,
  device: "CPU",
  memoryBytes: 260_000_000,
  attention: "flash",
  batch: 256,
  engineVersion: "v0.5.0",
};

const base: RoleSummary = {
  model: facts,
  tokens: 1234,
  scoredTokens: 1234,
  bits: 4500,
  perplexity: 12.34,
  perplexityError: 0.5,
  bitsPerByte: 0.91,
  bitsPerWord: 5.2,
  scoredRange: { start: 0, endExclusive: 1234 },
  prompt: null,
};

const rlhf: RoleSummary = { ...base, perplexity: 18.9, bitsPerByte: 1.06, bitsPerWord: 6.1 };

const summary: DocumentSummary = {
  measured: { pair: "twins", replacedBy: null },
  version: 3,
  complete: true,
  range: null,
  base,
  rlhf,
  sameTokenizer: true,
  sameBos: true,
  common: { segments: 1234, baseTokens: 1234, rlhfTokens: 1234, baseBits: 4500, rlhfBits: 5259 },
  increasePercent: 53.2,
  paired: { value: 0.615, low: 0.5, high: 0.73 },
  cautions: [],
  divergences: [
    { range: { start: 4, endExclusive: 9 }, bits: -7.25, text: "a\tb", words: "a b", line: 3 },
  ],
};

const progress: ScoringProgress = {
  uri: "",
  phase: "scoring",
  role: "base",
  fraction: 0.256,
  secondsLeft: 75,
};

function scored(
  change: Partial<DocumentSummary>,
  marks: { isSelection?: boolean; isReply?: boolean; isStale?: boolean } = {},
): Status {
  const changed = { ...summary, ...change };
  const { pair, replacedBy } = changed.measured;
  return {
    kind: "scored",
    pair: replacedBy ?? pair,
    summary: changed,
    measured: changed.measured,
    isSelection: false,
    isReply: false,
    isStale: false,
    ...marks,
  };
}

describe("status bar", () => {
  it("names the pair and both perplexities", () => {
    expect(statusText(scored({}))).toBe("$(graph) twins: PPL base 12.3 · RLHF 18.9 (+53 %)");
  });

  it("compares bits per byte where the tokenizers differ", () => {
    expect(statusText(scored({ sameTokenizer: false, increasePercent: -3.4 }))).toBe(
      "$(graph) twins: bits/byte base 0.91 · RLHF 1.06 (−3 %)",
    );
  });

  it("says where a model has scored more than what is compared", () => {
    const common = { ...summary.common!, baseTokens: 1233, rlhfTokens: 1233 };
    expect(statusText(scored({ common }))).toBe(
      "$(graph) twins: PPL base 12.3 · RLHF 18.9 (+53 % on common text)",
    );
    expect(tooltipMarkdown(scored({ common }), "base")).toContain(
      "RLHF over base: +53.2 % perplexity, +0.62 bits per token, over the text that both have scored",
    );
    const rows = documentRows("", { ...summary, common }, "base");
    expect(rendered(rows)).toContain("Common text: 1,233 tokens");
    expect(rendered(documentRows("", summary, "base"))).not.toContain("Common text");
  });

  it("has cautions in its tooltip and in the sidebar", () => {
    const change = { cautions: ["[x](y) moves"] };
    const tooltip = tooltipMarkdown(scored(change), "base");
    expect(tooltip).toContain(`Caution: ${escapeMarkdown("[x](y) moves")}`);
    const labels = documentRows("", { ...summary, ...change }, "base").map(({ label }) => label);
    expect(labels).toContain("Caution");
    expect(tooltipMarkdown(scored({}), "base")).not.toContain("Caution");
  });

  it("says that the models read a prompt first, and how a text is scored alone again", () => {
    const [ofBase, ofRlhf] = ["Why?", "<|user|>\nWhy? $(zap)"].map((prompt) => ({
      ...base,
      prompt,
    }));
    const both = { base: ofBase!, rlhf: ofRlhf! };
    expect(statusText(scored(both))).toMatch(/\(after a prompt\)$/);
    const tooltip = tooltipMarkdown(scored(both), "base");
    expect(tooltip).toContain("read after a prompt (base and RLHF). To score it alone, clear");
    const rows = documentRows("", { ...summary, ...both }, "base");
    const row = rows.find(({ label }) => label === "After a prompt");
    expect(row?.description).toBe("base and RLHF");
    expect(row?.tooltip).toBe("base: Why?\nRLHF: <|user|>↵Why? $\u200b(zap)");
    const reply = scored({ rlhf: ofRlhf! }, { isReply: true });
    expect(statusText(reply)).toMatch(/\(as a reply\)$/);
    expect(tooltipMarkdown(reply, "base")).toContain("read after a prompt (RLHF).\n");
    expect(tooltipMarkdown(scored({}), "base")).not.toContain("prompt");
  });

  it("does with one model", () => {
    expect(statusText(scored({ base: null, increasePercent: null, common: null }))).toBe(
      "$(graph) twins: PPL RLHF 18.9",
    );
  });

  it("says what the numbers are of, and what they lack", () => {
    const text = statusText(scored({ complete: false }, { isSelection: true, isStale: true }));
    expect(text).toMatch(/\(selection, edited, partial\)$/);
  });

  it.each([
    ["siblings", "measured with twins"],
    ["twins", "measured with other models or settings"],
  ])("marks the numbers of another pair while %s is in use", (replacedBy, old) => {
    const status = scored({ measured: { pair: "twins", replacedBy } });
    expect(statusText(status)).toBe(
      `$(graph) ${replacedBy} · ${old}: PPL base 12.3 · RLHF 18.9 (+53 %)`,
    );
    expect(tooltipMarkdown(status, "difference")).toContain(`**Out of date**: ${old}.`);
  });

  it("shows progress, and what to do without a pair", () => {
    expect(statusText({ kind: "busy", pair: "twins", progress })).toBe(
      "$(loading~spin) Scoring 25 %, about 1 min left",
    );
    expect(statusText({ kind: "noPair", problem: "" })).toBe("$(graph) Twinlens: choose a pair");
    expect(statusText({ kind: "ready", pair: "a$(zap)b" })).toBe("$(graph) a$\u200b(zap)b");
  });

  it("has its tooltip's foreign text escaped", () => {
    const hostile = '</span><b onclick="x">[run](command:rm) `a` | b\n# c';
    const markdown = tooltipMarkdown({ ...scored({}), pair: hostile } as Status, "difference");
    const [heading] = markdown.split("\n\n");
    expect(heading).toBe(`**Twinlens** · ${escapeMarkdown(hostile)}`);
    expect(escapeMarkdown(hostile)).toMatch(/^(?:[\p{L}\p{N} ]|&#\d+;)*$/u);
    expect(markdown).toContain("| RLHF | 18.90 ± 0.50 | 1.060 | 1,234 |");
    expect(markdown.match(/<span/g)).toHaveLength(6);
  });
});

describe("progress", () => {
  it.each([
    [{ ...progress, phase: "loading" }, "Loading the base model"],
    [{ ...progress, phase: "loading", role: null }, "Starting"],
    [{ ...progress, phase: "tokenizing" }, "Cutting the text into tokens"],
    [{ ...progress, secondsLeft: null }, "Scoring 25 %"],
    [{ ...progress, phase: "idle" }, "Done"],
  ] as const)("%# reads %s", (state, text) => {
    expect(progressText(state)).toBe(text);
  });
});

/** Rows as an indented list of `label: description`. */
function rendered(rows: readonly Row[], indent = ""): string {
  return rows
    .map(({ label, description, children = [] }) => {
      const line = `${indent}${label}${description === undefined ? "" : `: ${description}`}`;
      return [line, ...(children.length > 0 ? [rendered(children, `${indent}  `)] : [])].join("\n");
    })
    .join("\n");
}

function words(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

describe("Document view", () => {
  it("lists the legend, numbers and divergent spans", () => {
    expect(rendered(documentRows("file:///a", summary, "rank"))).toBe(
      [
        "Colours: RLHF rank",
        "  rank 1",
        "  rank 2 to 10",
        "  rank 11 to 100",
        "  rank beyond 100",
        "  by token: a word or a part",
        "base perplexity: 12.34 ± 0.50",
        "RLHF perplexity: 18.90 ± 0.50",
        "RLHF over base: +53.2 % perplexity",
        "Difference: +0.62 [+0.50, +0.73]",
        "Bits/byte: base 0.910 · RLHF 1.060",
        "Bits/word: base 5.20 · RLHF 6.10",
        "Tokens: 1,234",
        "Most divergent spans: in bits",
        "  a b: line 3 · −7.3",
      ].join("\n"),
    );
  });

  it("shows each view under an icon of its own, with the colours that its text has", () => {
    const heads = viewSchema.options.map((view) => documentRows("", summary, view)[0]!);
    expect(new Set(heads.map(({ icon, color }) => `${icon} ${color}`)).size).toBe(heads.length);
    const colours = (view: View) =>
      documentRows("", summary, view)[0]!.children!.map(({ color }) => color);
    expect(colours("difference")).toContain("twinlens.rlhfFavoured3");
    expect(colours("base")).toContain("twinlens.baseSurprisal5");
    const used = viewSchema.options.flatMap((view) => [...new Set(colours(view))]);
    const ofText = used.filter((color) => color !== undefined);
    expect(new Set(ofText).size).toBe(ofText.length);
  });

  it("fits a sidebar of ordinary width in every view, with all that can be said", () => {
    const long: DocumentSummary = {
      ...summary,
      complete: false,
      base: { ...base, tokens: 250_000, scoredTokens: 100_000, perplexity: 123.45 },
      rlhf: { ...rlhf, tokens: 260_000, scoredTokens: 110_000, perplexity: 234.56 },
      sameTokenizer: false,
      increasePercent: 153.2,
      divergences: [
        {
          range: { start: 0, endExclusive: 90 },
          bits: -17.2,
          text: "a long span ".repeat(9),
          words: "a long span ".repeat(9),
          line: 1234,
        },
      ],
    };
    const rows = viewSchema.options.flatMap((view) => [
      ...documentRows("", long, view),
      ...documentRows("", summary, view),
    ]);
    for (const row of rows.flatMap((row) => [row, ...(row.children ?? [])])) {
      const { label, description = "" } = row;
      expect(`${label} ${description}`.length, label).toBeLessThanOrEqual(35);
    }
  });

  it("says in its tooltips what a row has not said", () => {
    const common = { ...summary.common!, baseTokens: 1233, rlhfTokens: 1233 };
    const measured = { pair: "twins", replacedBy: "siblings" };
    const all = {
      ...summary,
      common,
      measured,
      complete: false,
      base: { ...base, prompt: "Why?" },
    };
    const rows = viewSchema.options.flatMap((view) => documentRows("", all, view));
    for (const row of rows.flatMap((row) => [row, ...(row.children ?? [])])) {
      const { label, description = "", tooltip = "" } = row;
      const said = words(`${label} ${description}`);
      const more = words(tooltip).filter((word) => !said.includes(word));
      expect(more, `${label}: ${tooltip}`).not.toEqual([]);
    }
    const rowOf = (label: string) => rows.find((row) => row.label === label);
    expect(rowOf("RLHF perplexity")?.tooltip).toContain(EXPLANATIONS.perplexity);
    expect(rowOf("Bits/byte")?.tooltip).toBe(EXPLANATIONS.bitsPerByte);
    expect(rowOf("Tokens")?.tooltip).toContain(EXPLANATIONS.tokens);
  });

  it("says before the numbers which pair they are of, where another is in use", () => {
    const measured = { pair: "twins", replacedBy: "siblings" };
    const [, row] = documentRows("file:///a", { ...summary, measured }, "rank");
    expect(rendered([row!])).toBe("Out of date: measured with twins");
    expect(row!.command).toMatchObject({ command: "twinlens.highlightDocument" });
  });

  it("goes to a span by a click", () => {
    const rows = documentRows("file:///a", summary, "rank");
    const spans = rows.find(({ label }) => label === "Most divergent spans");
    expect(spans?.children?.[0]?.command).toMatchObject({
      command: "twinlens.revealRange",
      arguments: ["file:///a", { start: 4, endExclusive: 9 }],
    });
  });

  it("says what a partial result has, and compares nothing with one model", () => {
    const partial = { ...base, scoredTokens: 512 };
    const alone = {
      ...summary,
      complete: false,
      base: partial,
      rlhf: null,
      increasePercent: null,
      common: null,
    };
    const text = rendered(documentRows("", { ...alone, paired: null, divergences: [] }, "base"));
    expect(text.split("\n").slice(8, 13)).toEqual([
      "Partial: 512 of 1,234 tokens",
      "base perplexity: 12.34 ± 0.50",
      "Bits/byte: 0.910",
      "Bits/word: 5.20",
      "Tokens: 512",
    ]);
  });
});

describe("Models view", () => {
  const loaded = {
    role: "base",
    path: "/models/base.gguf",
    adapter: null,
    state: "loaded",
    facts,
    error: null,
  } as const;

  it("names state, size, quantisation, device and memory", () => {
    const failed = {
      role: "rlhf",
      path: "C:\\models\\r.gguf",
      adapter: "C:\\models\\prose.gguf",
      state: "failed",
      facts: null,
    } as const;
    const models = [loaded, { ...failed, error: "Not a GGUF file." }];
    expect(rendered(modelRows({ pair: "twins", models, note: "One after the other." }))).toBe(
      [
        "twins: ",
        "One after the other.",
        "base: Base <b>$\u200b(zap)</b>: loaded · Q8_0 · 143.0 MB · CPU",
        "  File: base.gguf",
        "  Size: 143.0 MB, 135 M parameters",
        "  Quantisation: Q8_0, 8.5 bits per weight",
        "  Device: CPU",
        "  Memory: about 260.0 MB",
        "  Context: 2,048 tokens",
        "  Tokenizer: BPE, 49,152 entries",
        "RLHF: r.gguf + prose.gguf: failed",
        "  Not a GGUF file.",
        "  File: r.gguf",
        "  Adapter: prose.gguf",
      ].join("\n"),
    );
  });

  it("says which is before and which after, where both are one model", () => {
    const after = { ...loaded, role: "rlhf", adapter: "/adapters/prose.gguf" } as const;
    const labels = (models: readonly ModelState[]) =>
      modelRows({ pair: "p", models, note: null }).map(({ label }) => label);
    expect(labels([loaded, after])[1]).toBe(
      "Base is before, RLHF after: one model, without prose.gguf and with it",
    );
    expect(labels([loaded, { ...after, path: "/models/rlhf.gguf" }])).toHaveLength(3);
    expect(labels([loaded, { ...after, adapter: null }])).toHaveLength(3);
  });

  it("says whether the tokenizers agree", () => {
    const other = { ...loaded, role: "rlhf", facts: { ...facts, tokenizerDigest: "e" } } as const;
    const described = (models: readonly ModelState[]) =>
      modelRows({ pair: "p", models, note: null })[0]!.description;
    expect(described([loaded, { ...other, facts }])).toBe("same tokenizer");
    expect(described([loaded, other])).toMatch(/^tokenizers differ/);
    expect(described([loaded, { ...other, facts: { ...facts, addsBos: false } }])).toBe(
      "same tokenizer, but only base asks for BOS",
    );
    expect(described([loaded])).toBe("one model: no difference");
  });

  it("calls a pair tiny that is, and says what that means", () => {
    const sized = (parameters: number) => {
      const models = (["base", "rlhf"] as const).map((role) => ({
        ...loaded,
        role,
        facts: { ...facts, parameters },
      }));
      return modelRows({ pair: "p", models, note: null })[0]!;
    };
    expect(sized(10_800_000).description).toBe("tiny · same tokenizer");
    expect(sized(10_800_000).tooltip).toBe(EXPLANATIONS.tinyModels);
    expect(sized(100_000_000).description).toBe("same tokenizer");
    expect(sized(100_000_000).tooltip).toBeUndefined();
  });

  it("warns of coarse quantisation", () => {
    const coarse = { ...loaded, facts: { ...facts, quantisation: "Q4_K_M", bitsPerWeight: 4.8 } };
    const [, model] = modelRows({ pair: "p", models: [coarse], note: null });
    const row = model!.children!.find(({ label }) => label === "Caution");
    expect(row?.description).toMatch(/4\.8 bits per weight/);
  });
});

describe("foreign text", () => {
  it("makes no icon, link or hidden character", () => {
    expect(plainLabel("$(trash)\u202e\n")).toBe("$\u200b(trash)U+202E↵");
    expect(notificationText("[click](command:evil)")).toBe("Twinlens: [click]\u200b(command:evil)");
  });

  it("can't leave the panel's markup", () => {
    const html = panelHtml(
      '</title><script>alert(1)</script>"',
      "https://x/report.js",
      "https://x",
      "n0nce",
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain(`script-src &#39;nonce-n0nce&#39;`);
    expect(html).toContain("default-src &#39;none&#39;");
    expect(html).not.toContain("unsafe");
  });
});
