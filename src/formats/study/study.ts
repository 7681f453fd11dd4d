/** A study as it is run: what its file says, with everything filled in. */
import type { WindowSettings } from "../../protocol/scores";
import type { Role } from "../../protocol/roles";
import type { Category, Measure, Preset, Rendering, StudyCorpus, StudyFile } from "./studySchema";
import { MEASURES } from "./studySchema";

export interface Study {
  readonly name: string;
  readonly pairs: readonly Pair[];
  /** Those of the file, then its passages. */
  readonly corpora: readonly Corpus[];
  readonly prompts: readonly PromptSet[];
  readonly recorded: readonly RecordedSet[];
  readonly measures: readonly Measure[];
  /** Unresolved: 0 stands for what each model makes of it. */
  readonly windows: WindowSettings;
  readonly own: OwnTextSettings;
  readonly samples: SampleSettings;
  readonly seed: number;
}

/** A base model and what was tuned from it. */
export interface Pair {
  readonly name: string;
  /** Files, the base model's first, the RLHF twin's second. */
  readonly stages: readonly Stage[];
}

export interface Stage {
  /** `base`, `rlhf`, or a name from the file. */
  readonly name: string;
  readonly path: string;
}

/** How a corpus' files become documents. */
export interface CorpusReading {
  /** With the text, or with a list of messages; null: guessed for each file, by name, else by length. */
  readonly column: string | null;
  /** Where no column is chosen. */
  readonly rendering: Rendering;
  /** Which side of a record with two replies is read. */
  readonly side: "chosen" | "rejected";
  /** Of a conversation: all of it, or the assistant's last reply alone; `turns` hold what stands before it, and end with it. */
  readonly part: "dialogue" | "reply";
  /** Every line of a plain text that is not blank is a document; else the file is one. */
  readonly lines: boolean;
  /** A label of the Encoding Standard; null: UTF-8, or UTF-16 where a byte order mark says so. */
  readonly encoding: string | null;
}

export interface Corpus extends CorpusReading {
  readonly name: string;
  readonly category: Category;
  /** As the file has them: relative to its folder. */
  readonly paths: readonly string[];
  /** null: it stands for itself. */
  readonly standsFor: string | null;
  /** What is measured of it. */
  readonly measures: readonly Measure[];
  readonly limits: Limits;
}

/** What is read of a corpus; null: all of it. */
export interface Limits {
  readonly documents: number | null;
  readonly bytes: number | null;
  readonly recordBytes: number;
}

/** Prompts of which samples are drawn. */
export interface PromptSet {
  readonly name: string;
  /** As the file has it. */
  readonly path: string;
  /** The field of records that says of what kind a prompt is; null: none does. */
  readonly kind: string | null;
  /** Taken at most; null: all. */
  readonly prompts: number | null;
  readonly measures: readonly Measure[];
}

/** Samples from elsewhere. */
export interface RecordedSet extends Omit<PromptSet, "kind"> {
  /** The stage or model that stands in each one's place; null: what the file says. */
  readonly from: Readonly<Record<Role, string | null>>;
  readonly encoding: string | null;
}

/** How samples of prompts are drawn. */
export interface SampleSettings {
  readonly samples: number;
  readonly tokens: number;
  readonly topP: Readonly<Record<Role, number>>;
  /** Nuclei at which both models draw besides. */
  readonly sweep: readonly number[];
  /** Whether the nucleus is searched at which base is as diverse as RLHF. */
  readonly match: boolean;
  /** Whether what overlap is by chance is found. */
  readonly chance: boolean;
  readonly seeds: readonly number[];
  /** Texts around the base model's prompt, `{prompt}` standing for it, by name. */
  readonly frames: Readonly<Record<string, string>>;
}

/** How the models' own texts are drawn. */
export interface OwnTextSettings {
  readonly prefixes: number;
  readonly prefixWords: number;
  readonly tokens: number;
  readonly topP: number;
}

/** Records that are longer are skipped unless the study says otherwise, bytes. */
const RECORD_BYTES = 2 ** 24;

/** What is measured of corpora, and of passages. */
const CORPUS_MEASURES: readonly Measure[] = ["perplexity", "concentration", "calibration", "own"];
const PASSAGE_MEASURES: readonly Measure[] = ["shannon"];
const PROMPT_MEASURES: readonly Measure[] = ["samples"];

interface Filled {
  readonly limits: Limits;
  readonly own: OwnTextSettings;
  readonly samples: SampleSettings;
  /** Of a set; null: all. */
  readonly prompts: number | null;
}

/** Table 4's nuclei; those that the paper compares at. */
const SWEPT = {
  topP: { base: 0.7, rlhf: 0.9 },
  sweep: [0.6, 0.7, 0.8, 0.9, 1],
  match: true,
  chance: true,
  seeds: [],
  frames: {},
};

/** `quick` takes minutes on the embedded pair; `paper` is of the paper's size. */
const PRESET_SETTINGS: Readonly<Record<Preset, Filled>> = {
  quick: {
    limits: { documents: 50, bytes: 100_000, recordBytes: RECORD_BYTES },
    own: { prefixes: 16, prefixWords: 32, tokens: 100, topP: 0.9 },
    samples: { samples: 20, tokens: 64, ...SWEPT },
    prompts: 10,
  },
  paper: {
    limits: { documents: 10_000, bytes: null, recordBytes: RECORD_BYTES },
    own: { prefixes: 100, prefixWords: 32, tokens: 200, topP: 0.9 },
    samples: { samples: 100, tokens: 256, ...SWEPT },
    prompts: null,
  },
};

/**
 * @param name of the study
 * @param embedded the pair that is measured where the file names none
 * @param resolvePath makes a model's path that the file names absolute
 */
export function resolveStudy(
  file: StudyFile,
  name: string,
  embedded: Pair,
  resolvePath: (path: string) => string,
): Study {
  const preset = PRESET_SETTINGS[file.preset];
  const limits = filled(preset.limits, file.limits);
  const wanted = new Set<Measure>(file.measures ?? MEASURES);
  const measured = (measures: readonly Measure[]) =>
    measures.filter((measure) => wanted.has(measure));
  const corporaOf = (corpora: readonly StudyCorpus[], measures: readonly Measure[]) =>
    corpora.map((corpus) => ({
      ...resolveCorpus(corpus, limits),
      measures: measured(measures),
    }));
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
      prompts: prompts ?? preset.prompts,
      measures: measured(PROMPT_MEASURES),
    })),
    recorded: file.recorded.map(({ name, path, base, rlhf, prompts, encoding }) => ({
      name,
      path,
      prompts: prompts ?? null,
      from: { base: base ?? null, rlhf: rlhf ?? null },
      encoding: encoding ?? null,
      measures: measured(PROMPT_MEASURES),
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
    samples: resolveSamples(preset.samples, file.samples),
    seed: file.seed,
  };
}

function resolvePair(
  { name, base, rlhf, stages = {} }: NonNullable<StudyFile["pairs"]>[number],
  resolvePath: (path: string) => string,
): Pair {
  const all = { base, rlhf, ...stages };
  return {
    name,
    stages: Object.entries(all).map(([stage, path]) => ({ name: stage, path: resolvePath(path) })),
  };
}

function resolveCorpus(corpus: StudyCorpus, limits: Limits): Omit<Corpus, "measures"> {
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

/** What is given, else what there is by default. */
function filled<T extends object>(
  defaults: T,
  given: { readonly [Key in keyof T]?: T[Key] | undefined } | undefined,
): T {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}
