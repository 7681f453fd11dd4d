/** A cell of the measure `probes`: models write, and their hidden states are probed for what comes. */
import { FEWEST_UNITS } from "../../../analysis/probes/parts";
import { cancelled, EngineError } from "../../../engine/errors";
import type { Writer } from "../../../formats/study/drawnSamples";
import type { ProbedDraw, Probes } from "../../../formats/study/probes";
import { windowLength } from "../../../engine/windowLength";
import { measureProbes } from "../../inside/measureProbes";
import { withStatesFile } from "../../inside/statesFolder";
import { writtenTexts, type WrittenText } from "../../inside/writtenTexts";
import { resolveWindows } from "../../scoring/windows";
import { SAMPLE_WINDOWS } from "../../runs/bits";
import { describeModel } from "../documentRows";
import { roleOf } from "../samples/writers";
import { anchorsOfTexts } from "./anchorsOfTexts";
import { drawMissing, prefixesFor } from "./drawMissing";
import type { ProbesPass } from "./probesWork";

/** @throws EngineError where a model can't be used, or `Cancelled`; CorpusError */
export async function measureProbesOf(pass: ProbesPass): Promise<void> {
  const { cell, models, onDone, signal } = pass;
  cell.writers = models.roles.map((stage) => writerOf(pass, stage));
  checkPlace(pass);
  for (const stage of models.roles) await drawMissing(pass, stage);
  const known = probesOf(pass).texts;
  for (const reading of readingsOf(models.roles)) {
    const isKnown = known.some((text) => isOf(text, reading));
    if (!isKnown) await read(pass, reading);
    if (signal.aborted) throw cancelled();
  }
  cell.measured = pass.place.units.length;
  cell.isComplete = true;
  onDone();
}

/**
 * What can't be divided is not written at first. Texts of other stages and beginnings, as after an edit of the file, are dropped.
 * @throws EngineError `TextTooShort`
 */
function checkPlace({ cell, models, place }: ProbesPass): void {
  const isOfPlace = ({ stage, beginning, sample }: ProbedDraw) =>
    models.roles.includes(stage) && beginning < place.beginnings.length && sample < place.samples;
  const probes = cell.probes!;
  cell.probes = { ...probes, drawn: probes.drawn.filter(isOfPlace) };
  if (place.units.length >= FEWEST_UNITS) return;
  throw new EngineError(
    "TextTooShort",
    `Probes need at least ${FEWEST_UNITS} ${probes.unit}s to fit, choose and report on; there are ${place.units.length}. Give more of them.`,
  );
}

function writerOf({ settings, seed }: ProbesPass, stage: string): Writer {
  const { topP, tokens: maxTokens } = settings;
  const nucleus = topP[roleOf({ stage })];
  const key = `${stage}, p ${nucleus}`;
  return { key, stage, purpose: "compared", topP: nucleus, seed, maxTokens, frame: null };
}

function probesOf({ cell }: ProbesPass): Probes {
  return cell.probes!;
}

interface Reading {
  readonly writer: string;
  readonly reader: string;
}

/** Every model reads what it wrote; each of the others reads the base model's texts, and is read by it. */
export function readingsOf([base, ...others]: readonly string[]): Reading[] {
  const own = [base!, ...others].map((stage) => ({ writer: stage, reader: stage }));
  const crossed = others.flatMap((other) => [
    { writer: other, reader: base! },
    { writer: base!, reader: other },
  ]);
  return [...own, ...crossed];
}

function isOf(text: { writer: string | null; reader: string }, { writer, reader }: Reading) {
  return text.writer === writer && text.reader === reader;
}

async function read(pass: ProbesPass, { writer, reader }: Reading): Promise<void> {
  const { cell, models, settings, seed, place, onDone, signal } = pass;
  const isOwn = writer === reader;
  const written = await textsOf(pass, writer, isOwn && place.isChat);
  const { engine, model } = await models.hold(reader);
  const texts = await writtenTexts({
    engine,
    model,
    unit: place.isChat ? "prompt" : "document",
    units: place.units,
    prefixes: await prefixesFor(pass, reader),
    room: windowLength(pass.window, model.facts.trainedContext),
    texts: written,
    signal,
  });
  const found = await withStatesFile((statesPath) =>
    measureProbes({
      engine,
      model,
      writer,
      reader,
      texts,
      layer: null,
      byLayer: isOwn && settings.layers === "all",
      ahead: settings.ahead,
      seed,
      statesPath,
      onProgress: () => undefined,
      signal,
    }),
  );
  const windows = resolveWindows(SAMPLE_WINDOWS, model.facts.trainedContext);
  if (!cell.models.some(({ stage }) => stage === reader)) {
    const described = describeModel(reader, { model: model.facts, settings: windows }, pass.sha256);
    cell.models = [...cell.models, described];
  }
  const before = probesOf(pass);
  cell.probes = {
    ...before,
    texts: [...before.texts, found.text],
    rows: [...before.rows, ...found.rows],
    anchors: [...before.anchors, ...found.anchors],
  };
  onDone();
}

/** What a model wrote; with its anchors, where they are asked for. */
async function textsOf(
  pass: ProbesPass,
  writer: string,
  withAnchors: boolean,
): Promise<WrittenText[]> {
  const { place } = pass;
  const drawn = probesOf(pass).drawn.filter(({ stage }) => stage === writer);
  const anchors = withAnchors ? await anchorsOfTexts(pass, drawn) : null;
  return drawn.map(({ beginning, text }, i) => ({
    unit: place.beginnings[beginning]!.unit,
    beginning,
    text,
    anchors: anchors && anchors[i]!,
  }));
}
