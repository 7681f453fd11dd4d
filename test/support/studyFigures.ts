/** A study's figures with invented numbers of the sizes that the paper's have. */
import type {
  BarSeries,
  Interval,
  Point,
  StudyFigure,
  StudyReport,
} from "../../src/protocol/studyFigure";
import { seededRandom } from "../../src/analysis/statistics/random";

const corpora = [
  ["C4", "General web text"],
  ["Wikipedia", "General web text"],
  ["arXiv abstracts", "Scientific"],
  ["New arXiv papers, 2024", "Scientific"],
  ["BBC News", "New text"],
  ["Humpback", "Instruction tuning"],
  ["LIMA", "Instruction tuning"],
  ["OASST1", "Chat assistant"],
  ["Anthropic Harmless", "Chat assistant"],
  ["Anthropic Helpful", "Chat assistant"],
] as const;

const pairs = ["tiny-stories twins", "SmolLM2 135M", "Llama 2 7B"] as const;

const about = [
  "tiny-stories twins: 10 corpora, 480 documents",
  "SmolLM2 135M: 10 corpora, 480 documents",
];

/** Perplexity increases, one group of bars per corpus; the paper's Figure 2 A. */
export function increaseFigure(): StudyFigure {
  const random = seededRandom(1);
  const interval = (value: number): Interval => {
    const half = 0.02 + 0.1 * random();
    return { value, low: value - half, high: value + half };
  };
  const series: readonly BarSeries[] = [
    ...pairs.map((name, i) => ({
      name,
      role: "rlhf" as const,
      values: corpora.map((_, j) =>
        i === 1 && j === 3 ? null : interval(0.1 + 0.5 * random() + 0.2 * i - (j === 8 ? 0.4 : 0)),
      ),
    })),
    {
      name: "Llama 2 7B as published",
      role: "quoted",
      values: corpora.map((_, j) =>
        j > 7 ? null : { value: 0.3 + 0.6 * random(), low: null, high: null },
      ),
    },
  ];
  return {
    id: "perplexity-increase",
    title: "Perplexity increase after RLHF",
    subject: about,
    sentence:
      "The RLHF model of tiny-stories twins predicts 9 of 10 corpora worse than its base model, and Anthropic Harmless better.",
    caption:
      "Perplexity of the RLHF model over that of its base model, less one, pooled over documents; whiskers: 95 % intervals over documents.",
    plot: {
      kind: "bars",
      groups: corpora.map(([label, category]) => ({ label, category })),
      series,
      y: { label: "Perplexity increase", scale: "linear", format: "percent" },
    },
    table: {
      columns: ["Category", "Corpus", "Pair", "Increase", "Low", "High"],
      rows: corpora.flatMap(([label, category], j) =>
        series.map(({ name, values }) => {
          const value = values[j];
          return [
            category,
            label,
            name,
            value?.value ?? null,
            value?.low ?? null,
            value?.high ?? null,
          ];
        }),
      ),
    },
  };
}

const KS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** C(k) of both models on given and on their own text; the paper's Figure 3. */
export function concentrationFigure(): StudyFigure {
  const curves = [
    ["Base, given text", "base", 0.52],
    ["Base, own text (nucleus 0.9)", "base", 0.63],
    ["RLHF, given text", "rlhf", 0.58],
    ["RLHF, own text (nucleus 0.9)", "rlhf", 0.88],
  ] as const;
  const series = curves.map(([name, role, first]) => ({
    name,
    role,
    points: KS.map((x): Point => {
      const y = 1 - (1 - first) * x ** -0.55;
      const half = 0.03 * (1 - y) + 0.004;
      return { x, y, low: y - half, high: Math.min(1, y + half) };
    }),
  }));
  return {
    id: "concentration",
    title: "Concentration of probability",
    subject: about.slice(0, 1),
    sentence:
      "On its own text the RLHF model gives its first choice 88 % of the probability, the base model 63 %.",
    caption:
      "C(k): probability of the k most probable tokens, mean over positions; bands: 95 % intervals.",
    plot: {
      kind: "lines",
      x: { label: "k, number of tokens", scale: "log", format: "number" },
      y: { label: "C(k), share of probability", scale: "linear", format: "percent" },
      series,
      diagonal: false,
    },
    table: {
      columns: ["k", ...series.map(({ name }) => name)],
      rows: KS.map((k, i) => [k, ...series.map(({ points }) => points[i]?.y ?? null)]),
    },
  };
}

/** How often the first choice is right, by how probable it was. */
export function calibrationFigure(): StudyFigure {
  const series = (["base", "rlhf"] as const).map((role) => ({
    name: role === "base" ? "Base" : "RLHF",
    role,
    points: Array.from({ length: 10 }, (_, i): Point => {
      const x = 0.05 + 0.1 * i;
      const y = role === "base" ? x + 0.02 * Math.sin(9 * x) : x ** 1.5;
      const half = 0.02 + 0.04 * (1 - x);
      return { x, y, low: Math.max(0, y - half), high: Math.min(1, y + half) };
    }),
  }));
  return {
    id: "calibration",
    title: "Calibration of the first choice",
    subject: about.slice(0, 1),
    sentence:
      "The RLHF model is surer of its first choice than it is right: ECE 0.09 against 0.02.",
    caption: "Positions in ten bins by the probability of the first choice.",
    plot: {
      kind: "lines",
      x: { label: "Probability of the first choice", scale: "linear", format: "percent" },
      y: { label: "How often it is right", scale: "linear", format: "percent" },
      series,
      diagonal: true,
    },
    table: {
      columns: ["Probability", "Base", "RLHF"],
      rows: Array.from({ length: 10 }, (_, i) => [
        series[0]!.points[i]!.x,
        ...series.map(({ points }) => points[i]!.y),
      ]),
    },
  };
}

/** Documents by their perplexity under both models; each opens its document. */
export function scatterFigure(count = 240): StudyFigure {
  const random = seededRandom(7);
  const series = (["Wikipedia", "OASST1"] as const).map((name, i) => ({
    name,
    role: i === 0 ? ("other" as const) : ("rlhf" as const),
    points: Array.from({ length: count / 2 }, (_, n): Point => {
      const x = Math.exp(2 + 1.1 * i + 2.2 * (random() + random() - 1));
      const y = x * Math.exp(0.3 + 0.5 * (random() + random() - 1));
      return { x, y, label: `${name.toLowerCase()}.jsonl:${n + 1}`, target: `${name}/${n}` };
    }),
  }));
  const points = series.flatMap(({ points }) => points);
  return {
    id: "documents",
    title: "Documents under both models",
    subject: [`Wikipedia: ${count / 2} documents`, `OASST1: ${count / 2} documents`],
    sentence: "215 of 240 documents are less probable under the RLHF model.",
    caption: "A point for each document; above the line, the RLHF model's perplexity is higher.",
    plot: {
      kind: "points",
      x: { label: "Perplexity under the base model", scale: "log", format: "number" },
      y: { label: "Perplexity under the RLHF model", scale: "log", format: "number" },
      series,
      diagonal: true,
    },
    table: {
      columns: ["Document", "Base", "RLHF"],
      rows: points.map(({ label, x, y }) => [label ?? "", x, y]),
      targets: points.map(({ target }) => target ?? null),
    },
  };
}

/** How many tokens get more than 1e-8; the paper's Figure 4. */
export function coverageFigure(): StudyFigure {
  const bars = (base: number, rlhf: number): readonly Interval[] =>
    [base, rlhf].map((value) => ({ value, low: 0.93 * value, high: 1.07 * value }));
  const [given, own] = [bars(11_240, 12_680), bars(9870, 2410)];
  return {
    id: "coverage",
    title: "Tokens with more than 10⁻⁸ of the probability",
    subject: about.slice(0, 1),
    sentence:
      "On its own text the RLHF model leaves a fifth of the tokens in play that it does on given text.",
    caption: "Mean number of tokens of the vocabulary over positions.",
    plot: {
      kind: "bars",
      groups: [
        { label: "Base", category: "" },
        { label: "RLHF", category: "" },
      ],
      series: [
        { name: "Given text", role: "base", values: given },
        { name: "Own text", role: "rlhf", values: own },
      ],
      y: { label: "Tokens", scale: "linear", format: "number" },
    },
    table: {
      columns: ["Model", "Given text", "Own text"],
      rows: ["Base", "RLHF"].map((name, i) => [name, given[i]!.value, own[i]!.value]),
    },
  };
}

export function studyReport(): StudyReport {
  return {
    title: "Quick study of the embedded pair",
    figures: [
      increaseFigure(),
      scatterFigure(),
      concentrationFigure(),
      coverageFigure(),
      calibrationFigure(),
    ],
    methods: [
      "Perplexities are exp of the mean surprisal in nats over all scored tokens, in strided windows of 2,048 tokens.",
      "Intervals: 2,000 bootstrap draws over documents, seed 1.",
      "Engine: llama.cpp b7000, CPU, kernel avx512, batch 512, 4 threads.",
    ],
    notes: ["C4 is not at hand: 48 pages of the open web stand in for it."],
  };
}
