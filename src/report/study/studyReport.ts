/** A study's results as figures, with how they were measured. */
import { formatNumber } from "../../analysis/presentation/format";
import { atPlaces, placesOf } from "../../formats/study/places";
import type { Study } from "../../formats/study/study";
import type { ResultCell, ResultModel, StudyResult } from "../../formats/study/studyResult";
import type { StudyFigure, StudyReport } from "../../protocol/studyFigure";
import { calibrationFigures } from "./calibration";
import { cellFaults } from "./cellFaults";
import { distinct } from "./cells";
import { increaseFigure } from "./increase";
import { ownPerplexityFigures } from "./ownPerplexity";
import { probeFigures } from "./probes/probeFigures";
import { trainedLines } from "./readaptation/trainedLines";
import { readaptationFigures } from "./readaptation/readaptationFigures";
import { sampleFigures } from "./samples/sampleFigures";
import { scatterFigures } from "./scatter";
import { shannonFigures } from "./shannon";
import { sharpnessFigures } from "./sharpness";
import { tradeoffFigures } from "./tradeoff/tradeoffFigures";
import { tradeoffLines } from "./tradeoff/tradeoffLines";
import { counted, itemName } from "./words";

/** @param study whose pairs, corpora and measures are shown; null: all that there are */
export function studyReport(all: StudyResult, study: Study | null): StudyReport {
  const result = study === null ? all : { ...all, cells: atPlaces(all.cells, placesOf(study)) };
  const increase = increaseFigure(result);
  const figures: StudyFigure[] = [
    ...(increase ? [increase] : []),
    ...scatterFigures(result),
    ...sharpnessFigures(result),
    ...ownPerplexityFigures(result),
    ...calibrationFigures(result),
    ...shannonFigures(result),
    ...sampleFigures(result),
    ...probeFigures(result),
    ...readaptationFigures(result),
    ...tradeoffFigures(result),
  ];
  return { title: result.study, figures, methods: methodsOf(result), notes: notesOf(result) };
}

/** How it was measured: what somebody who measures again needs. */
function methodsOf({ twinlensVersion, cells }: StudyResult): string[] {
  const models = new Map<string, ResultModel>();
  for (const cell of cells) {
    for (const model of cell.models) {
      const key = JSON.stringify([cell.pair, model.stage]);
      // One that was trained tells less than where it scored.
      if (model.windows !== null || !models.has(key)) models.set(key, model);
    }
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
    ...distinct([
      ...cells.map(corpusLine),
      ...cells.flatMap(probedLine),
      ...cells.flatMap(trainedLines),
      ...cells.flatMap(tradeoffLines),
    ]),
  ];
}

function modelLine(model: ResultModel): string {
  const adapter = model.adapter ? ` (of ${model.adapter.file} ${model.adapter.sha256})` : "";
  return `${model.name}, ${model.quantisation}, SHA-256 ${model.sha256}${adapter};${windowWords(model.windows)} ${model.attention} attention on ${model.device}, llama.cpp ${model.engineVersion}`;
}

function windowWords(windows: ResultModel["windows"]): string {
  if (windows === null) return "";
  const { mode, window, stride, bos } = windows;
  const size = `windows of ${formatNumber(window, 0)} tokens`;
  const cut =
    mode === "strided"
      ? `, stride ${formatNumber(stride, 0)}`
      : " as llama.cpp's perplexity program cuts them";
  const start = { auto: "", on: ", behind BOS", off: ", without BOS", eos: ", behind EOS" }[bos];
  return ` ${size}${cut}${start};`;
}

/** What else a reader must know. */
function notesOf({ cells }: StudyResult): string[] {
  return distinct(cells.flatMap(cellNotes));
}

/** What was read of a corpus, or of prompts. */
function corpusLine(cell: ResultCell): string {
  const { corpus, read } = cell;
  const { documents, bytes, files, isCut, sources, sha256 } = read;
  if (itemName(cell) === "prompt") {
    const prompts = `${isCut ? "the first " : ""}${counted(documents, "prompt")} of ${sources.join("; ")}`;
    const drawn = cell.measure === "samples" ? ` ${drawnLine(cell)};` : "";
    return `${corpus}: ${prompts};${drawn} SHA-256 ${sha256}`;
  }
  const amount = `${isCut ? "the first " : ""}${counted(documents, "document")}, ${formatNumber(bytes, 0)} bytes`;
  return `${corpus}: ${amount} of ${counted(files, "file")} (${sources.join("; ")}); SHA-256 of ids and texts ${sha256}`;
}

/** How samples were drawn. */
function drawnLine({ writers, samples }: ResultCell): string {
  const amounts = distinct(samples.map((row) => formatNumber(row.samples, 0)));
  const each = amounts.length === 1 ? amounts[0]! : "differently many";
  const [first] = writers;
  if (!first || first.maxTokens === null) return `${each} samples of each, from elsewhere`;
  return `${each} samples of each by each writer, of at most ${counted(first.maxTokens, "token")}, temperature 1, seed ${first.seed ?? 0} unless another is named; n-grams in base tokens; aligned by Twinlens`;
}

/** How the texts of probes were drawn. */
function probedLine({ measure, pair, corpus, writers }: ResultCell): string[] {
  const [first] = writers;
  if (measure !== "probes" || !first) return [];
  const keys = writers.map(({ key }) => key).join("; ");
  const length =
    first.maxTokens === null ? "" : `, of at most ${counted(first.maxTokens, "token")}`;
  return [
    `${corpus}, ${pair}: the texts of probes were drawn by ${keys}${length}, temperature 1, seed ${first.seed ?? 0}`,
  ];
}

function cellNotes(cell: ResultCell): string[] {
  const { corpus, standsFor, read } = cell;
  const skipped = read.skipped.map(
    ({ reason, count }) => `${corpus}: ${counted(count, "record")} left out: ${reason}.`,
  );
  const notes = [...skipped];
  if (standsFor !== null) notes.unshift(`${corpus} stands in the place of ${standsFor}.`);
  return [...notes, ...cellFaults(cell)];
}
