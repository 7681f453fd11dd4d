import { textOfPieces } from "../../../engine/pieces";
import type { Run } from "../../../formats/run";
import type { PromptSamples } from "../../../formats/study/drawnSamples";
import { type Role, ROLES } from "../../../protocol/roles";
import { scoredSamples, scoreSamples, unscored, withBits } from "../../runs/bits";
import { toRunModel } from "../../runs/draw";
import { promptTokens } from "../../runs/prompt";
import { promptOfRun } from "../../runs/runJob";
import { RAW_FRAME } from "../../runs/settings";
import { analyseSide, anchorsOf } from "./promptSamples";
import { CHAT } from "./chat";
import { openRun, type SamplesPass } from "./samplesWork";
import { comparedWriter } from "../../../report/study/samples/sampleRows";

/**
 * Scores the samples that are compared under both models, for the bits of their anchors; scores stand in the prompts' runs.
 * Without a folder for runs there is nothing to score.
 * @throws as of `measureSamples`
 */
export async function scoreCompared(pass: SamplesPass): Promise<void> {
  const { cell, runs, prompts } = pass;
  const missing = [...prompts.keys()].filter((prompt) => waitingRows(pass, prompt).length > 0);
  if (runs.folder !== null) {
    for (const under of ROLES) for (const prompt of missing) await scoreUnder(pass, prompt, under);
  }
  for (const prompt of missing) {
    const rows = waitingRows(pass, prompt);
    const bits = runs.folder === null ? rows : await withAnchorBits(pass, prompt, rows);
    const scored = new Map(bits.map((row) => [row.writer, { ...row, isScored: true }]));
    cell.samples = cell.samples.map((row) =>
      row.prompt === prompt ? (scored.get(row.writer) ?? row) : row,
    );
    pass.onDone();
  }
}

function waitingRows({ cell }: SamplesPass, prompt: number): PromptSamples[] {
  return cell.samples.filter((row) => row.prompt === prompt && !row.isScored);
}

async function scoreUnder(pass: SamplesPass, prompt: number, under: Role): Promise<void> {
  const { models, sha256, signal } = pass;
  const kept = await openRun(pass, prompt);
  const { run } = kept;
  const missing = ROLES.flatMap((role) => unscored(run[role]?.samples ?? [], under));
  if (missing.length === 0) return;
  const { engine, model } = await models.hold(under);
  const written = promptOfRun(run, RAW_FRAME);
  const prefix = await promptTokens({ engine, loaded: model }, under, written, CHAT, signal);
  await scoreSamples({
    engine,
    model,
    under,
    prefix,
    samples: missing,
    onProgress: () => undefined,
    signal,
  });
  run.scorers[under] ??= {
    model: toRunModel(model, sha256.get(under) ?? null),
    prompt: textOfPieces(model.vocabulary, prefix),
  };
  await kept.save();
}

/** Rows of the compared writers with the bits of their anchors. */
async function withAnchorBits(
  pass: SamplesPass,
  prompt: number,
  rows: readonly PromptSamples[],
): Promise<PromptSamples[]> {
  const { run } = await openRun(pass, prompt);
  const done: PromptSamples[] = [];
  for (const row of rows) {
    const role = ROLES.find((each) => comparedWriter(pass.cell, each)?.key === row.writer);
    if (role === undefined) continue;
    done.push({ ...row, anchors: (await anchorsOfSide(pass, run, role)) ?? row.anchors });
  }
  return done;
}

/** null: the run was damaged meanwhile. */
async function anchorsOfSide({ analysers, signal }: SamplesPass, run: Run, role: Role) {
  const side = run[role];
  if (side === null) return null;
  const { anchors } = await analysers.run((analyser) => analyseSide(analyser, role, side, signal));
  return anchorsOf(withBits(anchors, scoredSamples(side.samples)));
}
