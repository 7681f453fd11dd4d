/** What a study's file leaves out is filled in, from its preset. */
import type {
  Corpus,
  Limits,
  OwnTextSettings,
  Pair,
  ProbeSettings,
  ReadaptationSettings,
  SampleSettings,
  Study,
  TradeoffSettings,
} from "./study";
import {
  type Measure,
  MEASURES,
  type Preset,
  type StudyCorpus,
  type StudyFile,
} from "./studySchema";

/** Records that are longer are skipped unless the study says otherwise, bytes. */
export const RECORD_BYTES = 2 ** 24;

/** What is measured of corpora, of passages, of prompts, and of samples from elsewhere. */
const CORPUS_MEASURES: readonly Measure[] = [
  "perplexity",
  "concentration",
  "calibration",
  "own",
  "probes",
  "readaptation",
];
const PASSAGE_MEASURES: readonly Measure[] = ["shannon"];
const PROMPT_MEASURES: readonly Measure[] = ["samples", "probes", "tradeoff"];
const RECORDED_MEASURES: readonly Measure[] = ["samples"];

interface Filled {
  /** Unless the file names others. */
  readonly measures: readonly Measure[];
  readonly limits: Limits;
  readonly own: OwnTextSettings;
  readonly samples: SampleSettings;
  /** Their nuclei are those of samples. */
  readonly probes: Omit<ProbeSettings, "topP">;
  /** Of a set; null: all. */
  readonly prompts: number | null;
}

/** The nuclei are those at which the paper compares; and of its Table 4, to sweep. */
const DRAWN = {
  topP: { base: 0.7, rlhf: 0.9 },
  sweep: [0.6, 0.7, 0.8, 0.9, 1],
  match: true,
  chance: true,
  seeds: [],
  frames: {},
};

const AS_ADAPT: ReadaptationSettings = {
  weights: null,
  steps: null,
  windowsPerStep: null,
  window: null,
  interval: null,
  rank: null,
  alpha: null,
  learningRate: { lora: null, all: null },
};

const QUESTION =
  "This is a prompt, and a reply to it.\n\nPrompt: {prompt}\n\nReply: {reply}\n\nIs it a good reply? Answer Yes or No.\nAnswer:";

const TRADEOFF: Omit<TradeoffSettings, "judge"> = {
  scorer: "rlhf",
  rounds: 8,
  bestOf: 8,
  trainPrompts: 64,
  measuredPrompts: 16,
  samples: 24,
  tokens: 64,
  topP: 0.9,
  documents: 100,
  epochs: 1,
  weights: null,
  windowsPerStep: null,
  window: null,
  rank: null,
  alpha: null,
  learningRate: { lora: null, all: null },
};

/** Training takes days where models are large: it is never begun unasked. */
const UNASKED = MEASURES.filter((measure) => measure !== "readaptation" && measure !== "tradeoff");

/** `quick` takes minutes on the embedded pair, and so leaves probes out; `paper` is of the paper's size. */
const PRESET_SETTINGS: Readonly<Record<Preset, Filled>> = {
  quick: {
    measures: UNASKED.filter((measure) => measure !== "probes"),
    limits: { documents: 50, bytes: 100_000, recordBytes: RECORD_BYTES },
    own: { prefixes: 16, prefixWords: 32, tokens: 100, topP: 0.9 },
    samples: { samples: 20, tokens: 64, ...DRAWN },
    probes: { texts: 100, samples: 10, tokens: 64, layers: "one", ahead: [0, 1, 2, 3] },
    prompts: 10,
  },
  paper: {
    measures: UNASKED,
    limits: { documents: 10_000, bytes: null, recordBytes: RECORD_BYTES },
    own: { prefixes: 100, prefixWords: 32, tokens: 200, topP: 0.9 },
    samples: { samples: 100, tokens: 256, ...DRAWN },
    probes: { texts: 1600, samples: 20, tokens: 64, layers: "all", ahead: [0, 1, 2, 3] },
    prompts: null,
  },
};

/**
 * @param name of the study
 * @param embedded the pair that is measured where the file names none
 * @param resolvePath makes the path of a model or an adapter that the file names absolute
 */
export function resolveStudy(
  file: StudyFile,
  name: string,
  embedded: Pair,
  resolvePath: (path: string) => string,
): Study {
  const preset = PRESET_SETTINGS[file.preset];
  const limits = filled(preset.limits, file.limits);
  const samples = resolveSamples(preset.samples, file.samples);
  const wanted = new Set(file.measures ?? preset.measures);
  const measured = (measures: readonly Measure[]) =>
    measures.filter((measure) => wanted.has(measure));
  const corporaOf = (corpora: readonly StudyCorpus[], measures: readonly Measure[]) =>
    corpora.map((corpus) => ({
      ...resolveCorpus(corpus, limits),
      measures: measured(measures),
      isHeldOut: measures === CORPUS_MEASURES && wanted.has("tradeoff"),
    }));
  // Training takes all prompts that there are.
  const mostPrompts = measured(["samples", "probes"]).length > 0 ? preset.prompts : null;
  return {
    name,
    pairs: file.pairs?.map((pair) => resolvePair(pair, resolvePath)) ?? [embedded],
    corpora: [
      ...corporaOf(file.corpora, CORPUS_MEASURES),
      ...corporaOf(file.passages, PASSAGE_MEASURES),
    ],
    prompts: file.prompts.map(({ name, path, kind, prompts }) => ({
      name,
      path,
      kind: kind ?? null,
      prompts: prompts ?? mostPrompts,
      measures: measured(PROMPT_MEASURES),
    })),
    recorded: file.recorded.map(({ name, path, base, rlhf, prompts, encoding }) => ({
      name,
      path,
      prompts: prompts ?? null,
      from: { base: base ?? null, rlhf: rlhf ?? null },
      encoding: encoding ?? null,
      measures: measured(RECORDED_MEASURES),
    })),
    measures: MEASURES.filter((measure) => wanted.has(measure)),
    windows: {
      mode: file.windows?.mode ?? "strided",
      window: file.windows?.window ?? 0,
      stride: file.windows?.stride ?? 0,
      maxWindows: 0,
      bos: file.windows?.bos ?? "auto",
    },
    own: filled(preset.own, file.own),
    samples,
    probes: resolveProbes({ ...preset.probes, topP: samples.topP }, file.probes),
    readaptation: resolveReadaptation(file.readaptation),
    tradeoff: resolveTradeoff(file.tradeoff, resolvePath),
    seed: file.seed,
  };
}

function resolvePair(
  { name, base, rlhf, stages = {}, adapters = {} }: NonNullable<StudyFile["pairs"]>[number],
  resolvePath: (path: string) => string,
): Pair {
  const all = { base, rlhf, ...stages };
  const adapterOf = (stage: string) =>
    Object.hasOwn(adapters, stage) ? resolvePath(adapters[stage]!) : null;
  return {
    name,
    stages: Object.entries(all).map(([stage, path]) => ({
      name: stage,
      path: resolvePath(path),
      adapter: adapterOf(stage),
    })),
  };
}

function resolveCorpus(
  corpus: StudyCorpus,
  limits: Limits,
): Omit<Corpus, "measures" | "isHeldOut"> {
  const { name, category, paths, standsFor, column, encoding } = corpus;
  const { rendering, side, part, lines } = corpus;
  return {
    name,
    category,
    paths: [paths].flat(),
    standsFor: standsFor ?? null,
    column: column ?? null,
    rendering,
    side,
    part,
    lines,
    encoding: encoding ?? null,
    limits: filled(limits, corpus.limits),
  };
}

function resolveSamples(
  defaults: SampleSettings,
  { topP, ...given }: NonNullable<StudyFile["samples"]> = {},
): SampleSettings {
  return filled({ ...defaults, topP: filled(defaults.topP, topP) }, given);
}

function resolveProbes(
  defaults: ProbeSettings,
  { topP, ...given }: NonNullable<StudyFile["probes"]> = {},
): ProbeSettings {
  const probes = filled({ ...defaults, topP: filled(defaults.topP, topP) }, given);
  return { ...probes, ahead: [...new Set(probes.ahead)].sort((a, b) => a - b) };
}

function resolveReadaptation({
  learningRate,
  ...given
}: NonNullable<StudyFile["readaptation"]> = {}): ReadaptationSettings {
  const rates = filled(AS_ADAPT.learningRate, learningRate);
  const settings = filled({ ...AS_ADAPT, learningRate: rates }, given);
  return { ...settings, weights: settings.weights && [...new Set(settings.weights)] };
}

function resolveTradeoff(
  { judge, learningRate, ...given }: NonNullable<StudyFile["tradeoff"]> = {},
  resolvePath: (path: string) => string,
): TradeoffSettings {
  const rates = filled(TRADEOFF.learningRate, learningRate);
  const settings = filled({ ...TRADEOFF, learningRate: rates }, given);
  const asked = settings.scorer === "judge" ? judge : undefined;
  return {
    ...settings,
    judge: asked ? { model: resolvePath(asked.model), question: asked.question ?? QUESTION } : null,
  };
}

/** What is given, else what there is by default. */
function filled<T extends object>(
  defaults: T,
  given: { readonly [Key in keyof T]?: T[Key] | undefined } | undefined,
): T {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}
