/**
 * A document report computed from a text: two word-bigram models. The second one learnt from less of it and has its
 * probabilities sharpened: as an RLHF model it is often surer and sometimes more wrong. The same at every run.
 */
import type { ReportData, RoleReport } from "../../src/protocol/report";
import type { RoleSummary } from "../../src/protocol/summary";
import { CONCENTRATION_KS, COVERAGE_THRESHOLD, type ModelFacts } from "../../src/protocol/scores";

const PARTS = [
  ["The miller", "The fox", "Her brother", "An old soldier", "The queen", "Nobody", "The giant"],
  ["found", "carried", "sold", "asked for", "dreamt of", "hid", "forgot", "painted", "gave away"],
  ["the silver", "the last", "a broken", "three black", "the king's", "a golden", "one wooden"],
  [
    "key",
    "candle",
    "ravens",
    "letter",
    "spindle",
    "ring",
    "loaf",
    "cloak",
    "well",
    "lantern",
    "bell",
  ],
  ["in the forest.", "before the winter came.", "at the gate.", "for a kiss.", "and laughed."],
  ["Then", "And so", "At once", "In the evening", "Far away", "On the seventh day", "Alas,"],
];

interface Word {
  readonly text: string;
  readonly start: number;
}

/** `name` and the first words can be chosen, to see what foreign text does. */
export function reportData(options: { name?: string; opening?: string } = {}): ReportData {
  const words = splitWords(`${options.opening ?? ""}${story(80)}`);
  const base = roleReport("twin-base", words, words.length, 1);
  const rlhf = roleReport("twin-rlhf", words, words.length / 4, 1.6);
  const differences = words.map((_, i) => (rlhf.bits[i] ?? 0) - (base.bits[i] ?? 0));
  const mean = average(differences);
  const error = standardError(differences);
  const [basePerplexity, rlhfPerplexity] = [base.report, rlhf.report].map(
    ({ summary }) => summary.perplexity,
  ) as [number, number];

  return {
    uri: "file:///stories/miller.txt",
    name: options.name ?? "miller.txt",
    summary: {
      version: 1,
      complete: true,
      range: null,
      base: base.report.summary,
      rlhf: rlhf.report.summary,
      sameTokenizer: true,
      sameBos: true,
      cautions: [],
      common: {
        segments: words.length,
        baseTokens: words.length,
        rlhfTokens: words.length,
        baseBits: base.report.summary.bits,
        rlhfBits: rlhf.report.summary.bits,
      },
      increasePercent: (rlhfPerplexity / basePerplexity - 1) * 100,
      paired: { value: mean, low: mean - 1.96 * error, high: mean + 1.96 * error },
      divergences: [],
    },
    concentrationKs: CONCENTRATION_KS,
    base: base.report,
    rlhf: rlhf.report,
    scatter: words.map(({ text, start }, i) => ({
      base: base.bits[i] ?? 0,
      rlhf: rlhf.bits[i] ?? 0,
      start,
      endExclusive: start + text.length,
      text,
    })),
  };
}

function story(sentences: number): string {
  let state = 7;
  const pick = (choices: readonly string[]) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return choices[Math.floor((state / 2 ** 31) * choices.length)] ?? "";
  };
  const sentence = () => PARTS.map(pick).join(" ");
  return Array.from({ length: sentences }, sentence).join(" ");
}

/** Words with the blank before them, as tokenizers cut them. */
function splitWords(text: string): readonly Word[] {
  return Array.from(text.matchAll(/\s*\S+/gu), (match) => ({ text: match[0], start: match.index }));
}

function roleReport(name: string, words: readonly Word[], learnt: number, sharpness: number) {
  const distributions = distributionsOf(
    words.map(({ text }) => text),
    learnt,
    sharpness,
  );
  const bits = words.map(({ text }, i) => -Math.log2(distributions[i]?.get(text) ?? 0));
  const sorted = distributions.map((p) => [...p.values()].sort((a, b) => b - a));
  const vocabularySize = sorted[0]?.length ?? 0;
  const ks = CONCENTRATION_KS.filter((k) => k <= vocabularySize);
  const coverage = average(sorted.map((p) => p.filter((x) => x > COVERAGE_THRESHOLD).length));

  const report: RoleReport = {
    summary: summaryOf(facts(name, vocabularySize), words, bits),
    histogram: histogramOf(bits),
    sharpness: {
      concentration: ks.map((k) => average(sorted.map((p) => sum(p.slice(0, k))))),
      coverage,
      coveragePercent: (100 * coverage) / vocabularySize,
      meanEntropyBits: average(sorted.map((p) => -sum(p.map((x) => x * Math.log2(x))))),
    },
    running: runningOf(words, bits),
  };
  return { report, bits };
}

/** p(word | word before): bigrams of the first `learnt` words smoothed by unigrams, raised to `sharpness`. */
function distributionsOf(words: readonly string[], learnt: number, sharpness: number) {
  const unigrams = countOf(words);
  const known = words.slice(0, learnt);
  const after = (previous: string) => {
    const followers = countOf(known.filter((_, i) => i > 0 && known[i - 1] === previous));
    const all = Math.max(1, sum([...followers.values()]));
    const raised = [...unigrams].map(([word, count]) => {
      const p = 0.8 * ((followers.get(word) ?? 0) / all) + 0.2 * (count / words.length);
      return [word, p ** sharpness] as const;
    });
    const total = sum(raised.map(([, p]) => p));
    return new Map(raised.map(([word, p]) => [word, p / total]));
  };
  const distributions = new Map(["", ...unigrams.keys()].map((word) => [word, after(word)]));
  return words.map((_, i) => distributions.get(words[i - 1] ?? "") ?? new Map<string, number>());
}

function summaryOf(
  model: ModelFacts,
  words: readonly Word[],
  bits: readonly number[],
): RoleSummary {
  const perplexity = 2 ** average(bits);
  return {
    model,
    tokens: words.length,
    scoredTokens: words.length,
    bits: sum(bits),
    perplexity,
    perplexityError: perplexity * standardError(bits) * Math.LN2,
    bitsPerByte: sum(bits) / sum(words.map(({ text }) => new TextEncoder().encode(text).length)),
    bitsPerWord: average(bits),
    scoredRange: { start: 0, endExclusive: words.length },
    prompt: null,
  };
}

function histogramOf(bits: readonly number[]): readonly number[] {
  const counts = Array.from({ length: 16 }, () => 0);
  for (const value of bits) {
    const bin = Math.min(Math.floor(value), counts.length - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function runningOf(words: readonly Word[], bits: readonly number[]) {
  const last = words.at(-1);
  const stretch = last ? (last.start + last.text.length) / 60 : 1;
  return Array.from({ length: 60 }, (_, i) => {
    const inside = bits.filter((_, w) => Math.floor((words[w]?.start ?? 0) / stretch) === i);
    return { offset: Math.floor(i * stretch), bits: average(inside) };
  });
}

function facts(name: string, vocabularySize: number): ModelFacts {
  return {
    path: `/models/${name}.gguf`,
    adapter: null,
    identity: { sha256: null, stamp: name },
    adapterFacts: null,
    name,
    architecture: "llama",
    quantisation: "Q8_0",
    bitsPerWeight: 8.5,
    sizeBytes: 15_204_352,
    parameters: 14_300_160,
    trainedContext: 512,
    vocabularySize,
    tokenizer: "BPE",
    tokenizerDigest: "5f1c",
    addsBos: true,
    tokenizerFaults: [],
    hasChatTemplate: name.endsWith("rlhf"),
    device: "CPU",
    memoryBytes: 21_000_000,
    attention: "flash",
    batch: 256,
    engineVersion: "v0.5.0",
  };
}

function countOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]) => sum(values) / Math.max(1, values.length);

function standardError(values: readonly number[]): number {
  const mean = average(values);
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}
