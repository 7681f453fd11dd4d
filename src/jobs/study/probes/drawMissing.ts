/** What a model has to write for probes, and how it reads what stands before. */
import { renderUserTurn } from "../../../engine/chatForm";
import type { ProbedDraw } from "../../../formats/study/probes";
import { beginningTokens } from "../../inside/beginningTokens";
import { drawTexts } from "../../inside/drawTexts";
import { CHAT, CLOCK } from "../samples/chat";
import { roleOf } from "../samples/writers";
import type { ProbesPass } from "./probesWork";

/** Draws the texts that a stage lacks; each stands in the cell as it ends, and in the end all in their order. @throws EngineError as of `Engine.continuePrompts` */
export async function drawMissing(pass: ProbesPass, stage: string): Promise<void> {
  const { cell, models, place } = pass;
  const { drawn } = cell.probes!;
  const known = new Set(drawn.filter((text) => text.stage === stage).map(keyOf));
  if (known.size < place.beginnings.length * place.samples) await draw(pass, stage, known);
  drawn.sort(inOrder(models.roles));
}

async function draw(pass: ProbesPass, stage: string, known: ReadonlySet<string>): Promise<void> {
  const { cell, models, settings, seed, place, onDone, signal } = pass;
  const { engine, model } = await models.hold(stage);
  await drawTexts({
    engine,
    model,
    beginnings: await prefixesFor(pass, stage),
    samples: place.samples,
    maxTokens: settings.tokens,
    topP: settings.topP[roleOf({ stage })],
    seed,
    has: (beginning, sample) => known.has(keyOf({ beginning, sample })),
    onText(text) {
      cell.probes!.drawn.push({ stage, ...text });
      onDone();
    },
    signal,
  });
}

function keyOf({ beginning, sample }: Pick<ProbedDraw, "beginning" | "sample">): string {
  return `${beginning} ${sample}`;
}

/** By stage, beginning and number, whenever a text was drawn. */
function inOrder(stages: readonly string[]): (a: ProbedDraw, b: ProbedDraw) => number {
  const place = ({ stage }: ProbedDraw) => stages.indexOf(stage);
  return (a, b) => place(a) - place(b) || a.beginning - b.beginning || a.sample - b.sample;
}

/** A stage's own form of every beginning, BOS included. @throws EngineError as of `Engine.renderChat` and `tokenizePrompt` */
export async function prefixesFor(
  { models, place, signal }: ProbesPass,
  stage: string,
): Promise<Int32Array[]> {
  const { engine, model } = await models.hold(stage);
  const isTuned = place.isChat && roleOf({ stage }) === "rlhf";
  const inTemplate = (text: string) => renderUserTurn(engine, model.id, CHAT, text, CLOCK, signal);
  const texts = place.beginnings.map(({ text }) => text);
  const form = isTuned ? { formOf: inTemplate } : {};
  return beginningTokens({ engine, model, texts, ...form, signal });
}
