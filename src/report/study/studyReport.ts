/** A study's results as figures, with how they were measured. */
import { formatNumber } from "../../analysis/presentation/format";
import type { Study } from "../../formats/study/study";
import type { ResultCell, ResultModel, StudyResult } from "../../formats/study/studyResult";
import type { StudyFigure, StudyReport } from "../../protocol/studyFigure";
import { calibrationFigures } from "./calibration";
import { distinct } from "./cells";
import { increaseFigure } from "./increase";
import { ownPerplexityFigures } from "./ownPerplexity";
import { scatterFigures } from "./scatter";
import { sharpnessFigures } from "./sharpness";
import { counted } from "./words";

/** @param study whose pairs, corpora and measures are shown; null: all that there are */
export function studyReport(all: StudyResult, study: Study | null): StudyReport {
  const result = {
    ...all,
    cells: all.cells.filter((cell) => study === null || names(study, cell)),
  };
  const increase = increaseFigure(result);
  const figures: StudyFigure[] = [
    ...(increase ? [increase] : []),
    ...scatterFigures(result),
    ...sharpnessFigures(result),
    ...ownPerplexityFigures(result),
    ...calibrationFigures(result),
  ];
  return { title: result.study, figures, methods: methodsOf(result), notes: notesOf(result) };
}

function names({ pairs, corpora, measures }: Study, cell: ResultCell): boolean {
  return (
    pairs.some(({ name }) => name === cell.pair) &&
    corpora.some(({ name }) => name === cell.corpus) &&
    measures.includes(cell.measure)
  );
}

/** How it was measured: what somebody who measures again needs. */
function methodsOf({ twinlensVersion, cells }: StudyResult): string[] {
  const models = new Map<string, ResultModel>();
  for (const cell of cells) {
    for (const model of cell.models) models.set(JSON.stringify([cell.pair, model.stage]), model);
  }
  const described = [...models].map(([key, model]) => {
    const [pair] = JSON.parse(key) as [string];
    return `${pair}, ${model.stage}: ${modelLine(model)}`;
  });
  const intervals =
    "Intervals are 95 % percentile intervals of 2,000 bootstrap draws of whole documents, where a corpus has at least five.";
  return [
    `Measured with Twinlens ${twinlensVersion}. ${intervals}`,
    ...described,
    ...distinct(cells.map(corpusLine)),
  ];
}

function modelLine(model: ResultModel): string {
  const { mode, window, stride, bos } = model.windows;
  const windows =
    mode === "strided"
      ? `windows of ${formatNumber(window, 0)} tokens, stride ${formatNumber(stride, 0)}`
      : `windows of ${formatNumber(window, 0)} tokens as llama.cpp's perplexity program cuts them`;
  const start = { auto: "", on: ", behind BOS", off: ", without BOS", eos: ", behind EOS" }[bos];
  return `${model.name}, ${model.quantisation}, SHA-256 ${model.sha256}; ${windows}${start}; ${model.attention} attention on ${model.device}, llama.cpp ${model.engineVersion}`;
}

/** What else a reader must know. */
function notesOf({ cells }: StudyResult): string[] {
  return distinct(cells.flatMap(cellNotes));
}

/** What was read of a corpus. */
function corpusLine({ corpus, read }: ResultCell): string {
  const { documents, bytes, files, isCut, sources, sha256 } = read;
  const amount = `${isCut ? "the first " : ""}${counted(documents, "document")}, ${formatNumber(bytes, 0)} bytes`;
  return `${corpus}: ${amount} of ${counted(files, "file")} (${sources.join("; ")}); SHA-256 of ids and texts ${sha256}`;
}

function cellNotes(cell: ResultCell): string[] {
  const { corpus, standsFor, read, failed, isComplete, pair, measure, measured } = cell;
  const skipped = read.skipped.map(
    ({ reason, count }) => `${corpus}: ${counted(count, "record")} left out: ${reason}.`,
  );
  const notes = [...skipped];
  if (standsFor !== null) notes.unshift(`${corpus} stands in the place of ${standsFor}.`);
  if (failed.length > 0) {
    const documents = counted(failed.length, "document");
    notes.push(`${corpus}, ${pair}: ${documents} could not be scored: ${failed[0]!.reason}`);
  }
  if (!isComplete) {
    notes.push(
      `${corpus}, ${pair}: ${measure} is not complete: ${formatNumber(measured, 0)} documents so far.`,
    );
  }
  return notes;
}
