import { EngineError } from "../../engine/errors";
import type { SamplerSettings } from "../../engine/engine";
import type { OwnTextSettings } from "../../formats/study/study";
import {
  type Group,
  type OwnText,
  type ResultCell,
  type SamplerName,
  SAMPLERS,
} from "../../formats/study/studyResult";
import type { WindowSettings } from "../../protocol/scores";
import { ownKey, readKey } from "../../report/study/ownKeys";
import type { CorpusDocument } from "../corpora/corpus";
import type { HeldModels } from "../models/heldModels";
import { orTextFault } from "../scoring/textFaults";
import { type DocumentScores, scoreDocument } from "./documentScores";
import { describeModel, rowOf } from "./documentRows";
import { doneOf } from "./goldPass";

/** A cell of the measure `own`: models go on from the beginnings of documents, and read what all of them wrote. */
export interface OwnPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly windows: WindowSettings;
  readonly own: OwnTextSettings;
  readonly seed: number;
  readonly documents: AsyncIterable<CorpusDocument>;
  /** There is more in the cell. */
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** The beginning of a document. */
interface Prefix {
  readonly document: string;
  readonly text: string;
}

/** @throws EngineError where a model can't be used, or `Cancelled`; CorpusError */
export async function measureOwn(pass: OwnPass): Promise<void> {
  const prefixes = await prefixesOf(pass.documents, pass.own);
  for (const stage of pass.models.roles) {
    for (const sampler of SAMPLERS) await draw(pass, stage, sampler, prefixes);
  }
  await readAll(pass, prefixes);
  pass.cell.isComplete = true;
}

/** Words are not longer on average: others are no prompt for a model of a small context, UTF-16 units. */
const UNITS_PER_WORD = 32;

/** The first words of the first documents that have more of them. */
async function prefixesOf(
  documents: AsyncIterable<CorpusDocument>,
  { prefixes, prefixWords }: OwnTextSettings,
): Promise<Prefix[]> {
  const found: Prefix[] = [];
  const first = new RegExp(`^\\s*(?:\\S+\\s+){${prefixWords - 1}}\\S+(?=\\s+\\S)`, "u");
  for await (const { id, text } of documents) {
    const prefix = first.exec(text)?.[0];
    if (prefix !== undefined && prefix.length <= prefixWords * UNITS_PER_WORD)
      found.push({ document: id, text: prefix });
    if (found.length === prefixes) break;
  }
  return found;
}

/** Texts that are drawn at once; no text depends on it. */
const WIDTH = 32;

async function draw(
  { cell, models, own, seed, onDone, signal }: OwnPass,
  stage: string,
  sampler: SamplerName,
  prefixes: readonly Prefix[],
): Promise<void> {
  const isDrawn = (document: string) =>
    cell.texts.some((text) => isBy(text, stage, sampler) && text.document === document);
  const missing = prefixes
    .map((prefix, index) => ({ ...prefix, index }))
    .filter(({ document }) => !isDrawn(document));
  if (missing.length === 0) return;
  const { engine, model } = await models.hold(stage);
  const prompts = [];
  for (const { index, text } of missing) {
    const parts = [{ text, parseSpecial: false }];
    prompts.push({ index, tokens: await engine.tokenizePrompt(model.id, parts, signal) });
  }
  const place = placeOf(models.roles, prefixes);
  await engine.continuePrompts(
    {
      model: model.id,
      prompts,
      width: WIDTH,
      maxTokens: own.tokens,
      seed,
      sampler: samplerSettings(sampler, own),
    },
    ({ index, text, ended }) => {
      const drawn = { document: prefixes[index]!.document, stage, sampler, text, ended };
      cell.texts = [...cell.texts, drawn].sort((a, b) => place(a) - place(b));
      onDone();
    },
    undefined,
    signal,
  );
}

function samplerSettings(sampler: SamplerName, { topP }: OwnTextSettings): SamplerSettings {
  return { temperature: sampler === "greedy" ? 0 : 1, topK: 0, topP, minP: 0 };
}

function isBy(text: OwnText, stage: string, sampler: SamplerName): boolean {
  return text.stage === stage && text.sampler === sampler;
}

/** Where a text stands among all: by writer, sampler and document, whenever it was drawn. */
function placeOf(stages: readonly string[], prefixes: readonly Prefix[]) {
  const numbers = new Map(prefixes.map(({ document }, i) => [document, i]));
  return ({ stage, sampler, document }: OwnText) =>
    (stages.indexOf(stage) * SAMPLERS.length + SAMPLERS.indexOf(sampler)) * prefixes.length +
    numbers.get(document)!;
}

/** Prefixes whose texts are read before the numbers are kept, where models stay in memory together. */
const CHUNK = 4;

async function readAll(pass: OwnPass, prefixes: readonly Prefix[]): Promise<void> {
  const { cell, models, onDone } = pass;
  const size = models.together ? CHUNK : prefixes.length;
  for (let done = doneOf(cell); done < prefixes.length; done += size) {
    const chunk = prefixes.slice(done, done + size);
    const read = new Map<string, (Reading[] | EngineError)[]>();
    for (const reader of models.roles) read.set(reader, await readBy(pass, reader, chunk));
    chunk.forEach((prefix, i) => {
      const all = models.roles.map((reader) => read.get(reader)![i]!);
      record(pass, prefix, all);
    });
    onDone();
  }
}

/** One text as one model reads it. */
interface Reading {
  readonly of: OwnText;
  readonly reader: string;
  readonly scores: DocumentScores;
}

/** What one model makes of all that was written after each prefix, or why it can't. */
async function readBy(
  { cell, models, windows, signal }: OwnPass,
  reader: string,
  prefixes: readonly Prefix[],
): Promise<(Reading[] | EngineError)[]> {
  const hold = () => models.hold(reader);
  const all: (Reading[] | EngineError)[] = [];
  for (const prefix of prefixes) {
    const texts = cell.texts.filter(({ document }) => document === prefix.document);
    const read = async () => {
      const readings: Reading[] = [];
      for (const of of texts) {
        const distributions = of.stage === reader;
        const request = {
          hold,
          settings: windows,
          distributions,
          from: prefix.text.length,
          signal,
        };
        const scores = await scoreDocument(prefix.text + of.text, request);
        readings.push({ of, reader, scores });
      }
      return readings;
    };
    all.push(await orTextFault(read));
  }
  return all;
}

function record(
  { cell, sha256 }: OwnPass,
  { document }: Prefix,
  read: readonly (readonly Reading[] | EngineError)[],
): void {
  const fault = read.find((one) => one instanceof EngineError);
  if (fault) {
    cell.failed = [...cell.failed, { document, reason: fault.message }];
    return;
  }
  const readings = (read as readonly (readonly Reading[])[]).flat();
  if (cell.models.length === 0) {
    const own = readings.filter(({ of, reader }) => of.stage === reader);
    const firsts = new Map(own.map(({ reader, scores }) => [reader, scores]));
    cell.models = [...firsts].map(([stage, scores]) => describeModel(stage, scores, sha256));
  }
  cell.groups = [...cell.groups, groupOf(document, readings)];
  cell.measured += 1;
}

function groupOf(document: string, readings: readonly Reading[]): Group {
  const own = readings.filter(({ of, reader }) => of.stage === reader);
  return {
    document,
    documents: 1,
    stages: Object.fromEntries(
      own.map(({ of, scores }) => [ownKey(of.stage, of.sampler), rowOf("concentration", scores)]),
    ),
    against: Object.fromEntries(
      readings.map(({ of, reader, scores }) => [
        readKey(of.stage, of.sampler, reader),
        rowOf("perplexity", scores),
      ]),
    ),
  };
}
