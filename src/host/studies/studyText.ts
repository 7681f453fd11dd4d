/** The file of a new study: what the user chose, and comments that say what else it may hold. */

export interface NewStudy {
  readonly preset: "quick" | "paper";
  /** Paths as the file is to have them; null: the study is of the pair in use. */
  readonly pair: {
    readonly name: string;
    readonly base: string;
    readonly rlhf: string;
    /** By whose they are. */
    readonly adapters: Readonly<Record<string, string>>;
  } | null;
  readonly corpora: readonly NewCorpus[];
}

export interface NewCorpus {
  readonly name: string;
  readonly category: string;
  /** As the file is to have it. */
  readonly path: string;
}

/** In YAML. */
export function studyText({ preset, pair, corpora }: NewStudy): string {
  const parts = [
    ["# A Twinlens study. Paths count from this file's folder.", "version: 1"],
    ["# quick takes minutes on small models; paper goes as far as the paper.", `preset: ${preset}`],
    pair === null ? WITHOUT_PAIR : pairLines(pair),
    [
      "# Texts: files, folders or globs. Of conversations, part: reply reads the last reply alone.",
      "corpora:",
      ...corpora.flatMap(corpusLines),
    ],
    [
      "# Passages whose last word the models guess.",
      "# passages:",
      "#   - name: LAMBADA",
      "#     paths: lambada_test.jsonl",
    ],
    [
      "# Prompts that both models draw samples of: one a line, or JSON lines.",
      "# prompts:",
      "#   - name: Vicuna",
      "#     path: vicuna.jsonl",
      "#     kind: category",
    ],
    [
      "# What is measured; without this, all but readaptation and tradeoff, which train models, and under quick but probes.",
      "# measures:",
      "#   [perplexity, concentration, calibration, own, shannon, samples, probes, readaptation, tradeoff]",
    ],
    ["# Limits of every corpus.", "# limits: { documents: 50, bytes: 100000 }"],
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const WITHOUT_PAIR = [
  "# Models: without pairs, the pair in use is measured.",
  "# pairs:",
  "#   - name: My pair",
  "#     base: models/base.gguf",
  "#     rlhf: models/rlhf.gguf",
  "#     stages: { sft: models/sft.gguf }",
];

function pairLines({ name, base, rlhf, adapters }: NonNullable<NewStudy["pair"]>): string[] {
  return [
    "# Models: pairs side by side. Other models tuned from the base are its stages.",
    "pairs:",
    `  - name: ${quoted(name)}`,
    `    base: ${quoted(base)}`,
    `    rlhf: ${quoted(rlhf)}`,
    ...adapterLines(adapters),
    "    # stages: { sft: models/sft.gguf }",
  ];
}

function adapterLines(adapters: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(adapters).map(([role, path]) => `      ${role}: ${quoted(path)}`);
  return lines.length === 0 ? [] : ["    adapters:", ...lines];
}

function corpusLines({ name, category, path }: NewCorpus): string[] {
  return [`  - name: ${quoted(name)}`, `    category: ${category}`, `    paths: ${quoted(path)}`];
}

/** A string in double quotes means the same in YAML as in JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** The category that a name suggests comes first; they are those of the paper's Figure 2A. */
export const CATEGORIES = ["pretraining", "new corpus", "instruction", "chat", "other"] as const;

const SUGGESTED: readonly (readonly [RegExp, (typeof CATEGORIES)[number]])[] = [
  [/chat|dialog|conversation|oasst|sharegpt|\bhh\b|vicuna|lmsys/iu, "chat"],
  [/alpaca|dolly|instruct|lima|self-?inst|flan/iu, "instruction"],
  [/news|arxiv|recent|202[3-9]/iu, "new corpus"],
  [/wiki|pile|book|c4\b|webtext|lambada|ptb|fineweb|gutenberg/iu, "pretraining"],
];

export function suggestedCategory(name: string): (typeof CATEGORIES)[number] {
  const words = name.replace(/[_.]/gu, " ");
  return SUGGESTED.find(([pattern]) => pattern.test(words))?.[1] ?? "other";
}
