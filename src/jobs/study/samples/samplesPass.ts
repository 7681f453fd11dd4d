/** A cell of the measure `samples`: models draw samples of prompts, and what the samples have in common is measured. */
import { nextNucleus } from "../../../analysis/samples/matchedNucleus";
import { cancelled } from "../../../engine/errors";
import type { RunSide } from "../../../formats/run";
import type { PromptSamples, Writer } from "../../../formats/study/drawnSamples";
import type { ResultCell } from "../../../formats/study/studyResult";
import { nucleiOf, rowsOf } from "../../../report/study/samples/sampleRows";
import { storedAnalysis } from "../../runs/analysis";
import { chanceOfRuns } from "./chanceOfRuns";
import { drawOrLeaveOut, hasFailed } from "./drawSamples";
import { type AnalysedSide, analyseSide, toPromptSamples } from "./promptSamples";
import { openRun, type SamplesPass } from "./samplesWork";
import { scoreCompared } from "./scoreCompared";
import { roleOf, searchWriter, standsFor, writersOf } from "./writers";

/** @throws EngineError where a model can't be used, or `Cancelled`; RunFileError, the file system's error */
export async function measureSamples(pass: SamplesPass): Promise<void> {
  const { cell, models, runs, prompts } = pass;
  cell.prompts = prompts.map(({ text, kind }, i) => ({
    text,
    kind,
    run: runs.nameOf(cell.dependsOn, i),
  }));
  keepWriters(pass);
  for (const stage of models.roles) {
    for (const writer of cell.writers) if (writer.stage === stage) await drawAll(pass, writer);
  }
  if (pass.settings.match) await searchMatch(pass);
  await scoreCompared(pass);
  await chanceOfRuns(pass);
  cell.isComplete = true;
  pass.onDone();
}

/**
 * Writers that the study still names stay with what was found in their samples; the search's are of any study. Where a
 * run of samples that are compared is gone, they are drawn again.
 */
function keepWriters({ cell, pair, settings, seed, runs }: SamplesPass): void {
  const wanted = writersOf(pair, settings, seed);
  const search = settings.match
    ? cell.writers.filter(
        ({ purpose, key }) => purpose === "search" && wanted.every((writer) => writer.key !== key),
      )
    : [];
  const before = cell.writers;
  cell.writers = [...wanted, ...search];
  const kept = new Map(
    cell.writers
      .filter((writer) => before.some((known) => standsFor(known, writer)))
      .map((writer) => [writer.key, writer]),
  );
  cell.samples = cell.samples.filter(({ writer: key, prompt }) => {
    const writer = kept.get(key);
    return writer && (writer.purpose !== "compared" || runs.has(cell.prompts[prompt]!.run));
  });
}

/** Draws and measures the prompts that a writer lacks; samples are aligned while the next ones are drawn. */
async function drawAll(pass: SamplesPass, writer: Writer): Promise<void> {
  const { cell, prompts, signal } = pass;
  const known = new Set(rowsOf(cell, writer.key).map(({ prompt }) => prompt));
  const finding: Promise<void>[] = [];
  try {
    for (const prompt of prompts.keys()) {
      if (known.has(prompt) || hasFailed(cell, prompt)) continue;
      const side = await drawOrLeaveOut(pass, writer, prompt);
      if (side === null) continue;
      const found = measure(pass, writer, prompt, side);
      found.catch(() => undefined);
      finding.push(found);
      // Samples that wait to be aligned are held in memory.
      if (finding.length >= WAITING) await finding.shift();
    }
  } finally {
    await Promise.allSettled(finding);
  }
  await Promise.all(finding);
  if (signal.aborted) throw cancelled();
}

const WAITING = 8;

async function measure(
  pass: SamplesPass,
  writer: Writer,
  prompt: number,
  side: RunSide,
): Promise<void> {
  const { cell, analysers, signal, onDone } = pass;
  const found = await analysers.run((analyser) =>
    analyseSide(analyser, roleOf(writer), side, signal),
  );
  if (writer.purpose === "compared") await keepAnalysis(pass, writer, prompt, found);
  const compared = { samples: side.samples.length, alignment: found.alignment };
  const isScored = writer.purpose !== "compared";
  if (hasFailed(cell, prompt)) return;
  const row = toPromptSamples(writer.key, prompt, found, compared, isScored);
  cell.samples = inOrder(cell, [...cell.samples, row]);
  cell.measured = new Set(cell.samples.map((each) => each.prompt)).size;
  onDone();
}

/** What was found stands in the prompt's run as well, so that opening it shows it at once. */
async function keepAnalysis(
  pass: SamplesPass,
  writer: Writer,
  prompt: number,
  { side, alignment, anchors }: AnalysedSide,
): Promise<void> {
  const kept = await openRun(pass, prompt);
  kept.run[roleOf(writer)] = { ...side, ...storedAnalysis(alignment, anchors) };
  await kept.save();
}

function inOrder({ writers }: ResultCell, rows: readonly PromptSamples[]): PromptSamples[] {
  const places = new Map(writers.map(({ key }, i) => [key, i]));
  const place = ({ writer, prompt }: PromptSamples) => [places.get(writer)!, prompt] as const;
  return rows.toSorted((a, b) => {
    const [left, right] = [place(a), place(b)];
    return left[0] - right[0] || left[1] - right[1];
  });
}

/** Draws with the base model at nuclei nearer and nearer to the one at which it is as diverse as RLHF. */
async function searchMatch(pass: SamplesPass): Promise<void> {
  const { cell, seed } = pass;
  for (;;) {
    const { base, wanted } = nucleiOf(cell);
    if (base.length === 0 || wanted === null) return;
    const next = nextNucleus(base, wanted);
    if (next === null) return;
    const writer = searchWriter(next, pass.settings, seed);
    if (!cell.writers.some(({ key }) => key === writer.key))
      cell.writers = [...cell.writers, writer];
    await drawAll(pass, writer);
  }
}
