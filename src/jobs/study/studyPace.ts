import type { Study } from "../../formats/study/study";
import { type ResultCell, SAMPLERS } from "../../formats/study/studyResult";
import { DEFAULT_STEPS, DEFAULT_WINDOW, DEFAULT_WINDOWS_PER_STEP } from "../adaptation/settings";
import type { GoldMeasure } from "./cells";
import { tradeoffTokens } from "./tradeoff/pace";
import { doneOf } from "./goldPass";

/** How far a study has come, and how long it still takes at the pace so far. */
export class StudyPace {
  private readonly start = performance.now();
  /** Work that was done before. */
  private readonly known: number;
  private readonly all: number;
  /** Of a cell, 0 .. 1, that is not in it yet. */
  private part: { readonly cell: ResultCell; readonly share: number } | null = null;

  /** @param cells that are measured, which change in place */
  constructor(
    private readonly study: Study,
    readonly cells: readonly ResultCell[],
    private readonly tell: (pace: StudyPace) => void,
  ) {
    this.all = cells.reduce((sum, cell) => sum + workOf(cell, study), 0);
    this.known = this.done();
  }

  /** Documents went through. */
  moved(): void {
    this.part = null;
    this.tell(this);
  }

  /** A part went on, of which a cell will know once it is done. @param share of one training, or of one round, 0 .. 1 */
  wentOn(cell: ResultCell, share: number): void {
    this.part = { cell, share: share / partsOf(cell, this.study) };
    this.tell(this);
  }

  /** 0 .. 1. */
  get fraction(): number {
    return this.all === 0 ? 1 : this.done() / this.all;
  }

  /** null: nothing was done yet to tell a pace from. */
  get secondsLeft(): number | null {
    const done = this.done();
    if (done <= this.known) return null;
    const seconds = (performance.now() - this.start) / 1000;
    return (seconds / (done - this.known)) * (this.all - done);
  }

  private done(): number {
    return this.cells.reduce(
      (sum, cell) =>
        sum + (shareOf(cell, this.study) + this.partOf(cell)) * workOf(cell, this.study),
      0,
    );
  }

  private partOf(cell: ResultCell): number {
    return this.part?.cell === cell ? this.part.share : 0;
  }
}

/** How much of a cell is there, 0 .. 1. */
export function shareOf(cell: ResultCell, study: Study): number {
  const { own, pairs } = study;
  if (cell.isComplete) return 1;
  if (cell.measure === "samples") return shareOfSamples(cell);
  if (cell.measure === "probes") return shareOfProbes(cell, study);
  if (cell.measure === "readaptation") return shareOfTrainings(cell, study);
  if (cell.measure === "tradeoff") return shareOfRounds(cell, study);
  const wanted = Math.min(cell.read.documents, cell.measure === "own" ? own.prefixes : Infinity);
  if (wanted === 0) return 0;
  const read = Math.min(1, doneOf(cell) / wanted);
  if (cell.measure !== "own") return read;
  const stages = pairs.find(({ name }) => name === cell.pair)?.stages.length ?? 2;
  const texts = wanted * stages * SAMPLERS.length;
  return (Math.min(1, cell.texts.length / texts) + read) / 2;
}

/** Drawing is most of the work; the search's writers come as it goes on. */
function shareOfSamples({ samples, writers, read }: ResultCell): number {
  const wanted = Math.max(1, writers.length) * read.documents;
  return wanted === 0 ? 0 : 0.9 * Math.min(1, samples.length / wanted);
}

/** Drawing is a third of the work, and then each reading as long as the others. */
function shareOfProbes(cell: ResultCell, study: Study): number {
  const stages = study.pairs.find(({ name }) => name === cell.pair)?.stages.length ?? 2;
  const { drawn = [], texts = [] } = cell.probes ?? {};
  const wanted = Math.max(1, stages * textsOfProbes(cell, study));
  const readings = stages + 2 * (stages - 1);
  return Math.min(1, drawn.length / wanted) / 3 + (2 * texts.length) / (3 * readings);
}

function shareOfTrainings(cell: ResultCell, study: Study): number {
  return Math.min(1, (cell.readaptation?.trainings.length ?? 0) / trainingsOf(cell, study));
}

function shareOfRounds(cell: ResultCell, study: Study): number {
  return Math.min(1, (cell.tradeoff?.rounds.length ?? 0) / partsOf(cell, study));
}

/** Trainings, or rounds with that before the first. */
function partsOf(cell: ResultCell, study: Study): number {
  return cell.measure === "tradeoff" ? study.tradeoff.rounds + 1 : trainingsOf(cell, study);
}

/** In all; of small models two each. */
function trainingsOf(cell: ResultCell, { pairs, readaptation }: Study): number {
  const stages = pairs.find(({ name }) => name === cell.pair)?.stages.length ?? 2;
  return stages * (readaptation.weights?.length ?? 2);
}

/** That each model writes, about. */
function textsOfProbes({ read, probes }: ResultCell, { probes: settings }: Study): number {
  return probes?.unit === "prompt" ? read.documents * settings.samples : settings.texts;
}

/** Texts that are read again for more numbers cost less than those that are read for the first. */
const COSTS: Readonly<Record<GoldMeasure | "shannon", number>> = {
  perplexity: 1,
  concentration: 0.5,
  calibration: 0.1,
  // Ranked, and gone on from.
  shannon: 2,
};
const BYTES_PER_TOKEN = 4;
/** Forwards and backwards, in 32-bit floats. */
const TRAINING_COST = 6;

/** In bytes that one model reads, roughly: for an estimate. */
function workOf(cell: ResultCell, study: Study): number {
  const { own, pairs, samples, probes } = study;
  if (cell.measure === "samples") {
    const nuclei = 1 + samples.sweep.length + samples.seeds.length;
    const texts = cell.read.documents * samples.samples * 2 * nuclei;
    return texts * samples.tokens * BYTES_PER_TOKEN;
  }
  const stages = pairs.find(({ name }) => name === cell.pair)?.stages.length ?? 2;
  if (cell.measure === "probes") {
    const texts = textsOfProbes(cell, study);
    return texts * stages * probes.tokens * BYTES_PER_TOKEN * (1 + 2 * stages);
  }
  if (cell.measure === "readaptation") {
    const { steps, windowsPerStep, window } = study.readaptation;
    const tokens =
      (steps ?? DEFAULT_STEPS) *
      (windowsPerStep ?? DEFAULT_WINDOWS_PER_STEP) *
      (window ?? DEFAULT_WINDOW);
    return tokens * trainingsOf(cell, study) * BYTES_PER_TOKEN * TRAINING_COST;
  }
  if (cell.measure === "tradeoff") return tradeoffTokens(study, TRAINING_COST) * BYTES_PER_TOKEN;
  if (cell.measure !== "own") return cell.read.bytes * stages * COSTS[cell.measure];
  const prefixes = Math.min(cell.read.documents, own.prefixes);
  const texts = prefixes * stages * SAMPLERS.length;
  return texts * own.tokens * BYTES_PER_TOKEN * (1 + stages);
}
