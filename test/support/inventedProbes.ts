/** Probes of a study with invented counts, drawn as if each method were right with a probability of its own. */
import { type Generator, seededRandom } from "../../src/analysis/statistics/random";
import type { Writer } from "../../src/formats/study/drawnSamples";
import {
  ANCHOR_PLACES,
  type AnchorPlace,
  type AnchorProbe,
  PROBE_CONTROLS,
  type ProbedText,
  type ProbeMethod,
  type ProbeRow,
  type Probes,
  SURPRISAL_EDGES,
} from "../../src/formats/study/probes";
import type { ResultCell } from "../../src/formats/study/studyResult";

/** What probes are invented of. */
export interface Invented {
  readonly unit: Probes["unit"];
  /** Of the part that reports. */
  readonly units: number;
  readonly stages: readonly string[];
  /** Whether every layer is read, and what stands around anchors is known. */
  readonly isWhole: boolean;
}

const LAYERS = 8;
const LAYER = 7;
const AHEAD = [0, 1, 2, 3];
const CHOOSING = 400;

export const NO_PROBES: Pick<ResultCell, "probes"> = { probes: null };

export function inventedProbes({ unit, units, stages, isWhole }: Invented) {
  const random = seededRandom(11);
  const texts = stages.flatMap((writer) =>
    stages
      .filter((reader) => reader === writer || [writer, reader].includes("base"))
      .map((reader) => textOf(writer, reader, unit, units, random)),
  );
  const probes: Probes = {
    unit,
    drawn: [],
    texts,
    rows: texts.flatMap((text) => rowsOf(text, unit, isWhole, random)),
    anchors: isWhole ? stages.flatMap((stage) => anchorsOf(stage, units, random)) : [],
  };
  return { probes, writers: stages.map(writerOf) };
}

function writerOf(stage: string): Writer {
  const topP = stage === "base" ? 0.7 : 0.9;
  const key = `${stage}, p ${topP}`;
  return { key, stage, purpose: "compared", topP, seed: 1, maxTokens: 64, frame: null };
}

function textOf(
  writer: string,
  reader: string,
  unit: string,
  units: number,
  random: Generator,
): ProbedText {
  return {
    writer,
    reader,
    layers: LAYERS,
    layer: LAYER,
    classes: 900,
    lensFault: null,
    fit: { units: 3 * units, positions: 150 * units },
    choose: { units, positions: CHOOSING },
    report: {
      units: Array.from({ length: units }, (_, i) => `${unit} ${i}`),
      positions: Array.from({ length: units }, () => 30 + Math.floor(30 * random())),
    },
  };
}

function rowsOf(
  text: ProbedText,
  unit: Probes["unit"],
  isWhole: boolean,
  random: Generator,
): ProbeRow[] {
  const controls = PROBE_CONTROLS.filter((method) => method !== "prior" || unit === "prompt");
  const layers = isWhole ? Array.from({ length: LAYERS }, (_, i) => i + 1) : [LAYER];
  return AHEAD.flatMap((ahead) => {
    const row = (method: ProbeMethod, layer: number | null, share: number): ProbeRow => ({
      writer: text.writer,
      reader: text.reader,
      method,
      layer,
      ahead,
      lambda: layer === null ? null : 10,
      choose: {
        text: hitsOf(CHOOSING, share, random),
        own: hitsOf(CHOOSING, 1.1 * share, random),
      },
      report: {
        text: text.report.positions.map((count) => hitsOf(count, share, random)),
        own: text.report.positions.map((count) => hitsOf(count, 1.1 * share, random)),
      },
    });
    const share = shareOf(text, ahead);
    return [
      ...layers.map((layer) => row("ridge", layer, share * rising(layer))),
      row("lens", LAYER, 0.9 * share),
      ...controls.map((method) =>
        row(method, CONTROL_LAYERS[method], share * CONTROL_SHARES[method]),
      ),
    ];
  });
}

/** How often the ridge is right at its best layer: more in RLHF's texts, less the further ahead, and less as another reads. */
function shareOf({ writer, reader }: ProbedText, ahead: number): number {
  const own = writer === "base" ? 0.28 : 0.42;
  return (own * (writer === reader ? 1 : 0.85)) / (1 + 0.5 * ahead);
}

/** Of the best layer's share, by layer. */
function rising(layer: number): number {
  return 0.65 + 0.35 * Math.sin((Math.PI / 2) * Math.min(1, layer / 6.5));
}

const CONTROL_SHARES: Readonly<Record<(typeof PROBE_CONTROLS)[number], number>> = {
  shuffled: 0.2,
  embedding: 0.6,
  "skip-bigram": 0.66,
  unigram: 0.22,
  prior: 0.5,
};

const CONTROL_LAYERS: Readonly<Record<(typeof PROBE_CONTROLS)[number], number | null>> = {
  shuffled: LAYER,
  embedding: 0,
  "skip-bigram": null,
  unigram: null,
  prior: null,
};

function hitsOf(count: number, share: number, random: Generator): number {
  let hits = 0;
  for (let i = 0; i < count; i++) if (random() < share) hits++;
  return hits;
}

const BINS = SURPRISAL_EDGES.length + 1;

/** Tokens before anchors are found more often than others of their surprisal; which is lower inside anchors. */
function anchorsOf(stage: string, units: number, random: Generator): AnchorProbe[] {
  return Array.from({ length: 10 }, (_, i) => i + 1).flatMap((ahead) =>
    ANCHOR_PLACES.map((place): AnchorProbe => {
      const table = (of: (bin: number) => number) =>
        Array.from({ length: units }, () => Array.from({ length: BINS }, (_, bin) => of(bin)));
      const positions = table((bin) => Math.floor(POSITIONS[place](bin) * random()));
      const hits = (share: number) =>
        positions.map((unit) =>
          unit.map((count, bin) =>
            hitsOf(count, (share / (1 + 0.2 * ahead)) * (1 - bin / BINS), random),
          ),
        );
      const [found, controlled] = [hits(FOUND[place]), hits(0.3)];
      const at = { stage, ahead, place, control: "skip-bigram" as const };
      return { ...at, positions, hits: found, controlHits: controlled };
    }),
  );
}

const FOUND: Readonly<Record<AnchorPlace, number>> = { before: 0.5, inside: 0.6, outside: 0.38 };

const POSITIONS: Readonly<Record<AnchorPlace, (bin: number) => number>> = {
  before: () => 4,
  inside: (bin) => (bin < 7 ? 14 - 2 * bin : 0),
  outside: () => 16,
};
