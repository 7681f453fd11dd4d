/**
 * A cell of the measure `tradeoff`: the base model is trained, round by round, on those of its own samples that a rule prefers, and
 * both sides of the trade-off are measured after each (docs/definitions.md, "The trade-off in motion").
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileNames } from "../../../analysis/presentation/modelName";
import { EngineError } from "../../../engine/errors";
import { fileDigest, modelAt } from "../../../engine/modelFiles";
import type { Tradeoff } from "../../../formats/study/tradeoff";
import { withoutAdapter } from "../../../protocol/modelIdentity";
import { alone } from "../../adaptation/alone";
import { HeldModels } from "../../models/heldModels";
import { resolveWindows } from "../../scoring/windows";
import { describeModel } from "../documentRows";
import { measureRound } from "./measureRound";
import { planTradeoff } from "./planTradeoff";
import { RoundJournal } from "./roundJournal";
import { RoundShare } from "./roundShare";
import { type TradeoffFiles, tradeoffFiles } from "./tradeoffFiles";
import { chosenModels, type ModelName, type TradeoffPass } from "./tradeoffWork";

/** @throws EngineError where a model can't be used or trained, or `Cancelled`; CorpusError; the file system's error */
export async function measureTradeoff(pass: TradeoffPass): Promise<void> {
  check(pass);
  await mkdir(pass.folder, { recursive: true });
  const files = tradeoffFiles(pass.folder, pass.cell.dependsOn);
  await alone(files.all, () => measureAlone(pass, files));
}

/**
 * What can't be measured is known before anything is loaded.
 * @throws EngineError `Untrainable`, `FileUnreadable`, `FileVanished`
 */
function check({ pair, settings, sources }: TradeoffPass): void {
  const [base] = pair.stages;
  if (base!.adapter !== null) {
    throw new EngineError(
      "Untrainable",
      `${fileNames(base!)} (${base!.name}) has an adapter, and tradeoff trains one of its own, or the weights below it. Name a base model without one, or leave the measure tradeoff out.`,
    );
  }
  if (settings.judge) modelAt(withoutAdapter(settings.judge.model));
  if (sources !== null) return;
  throw new EngineError(
    "FileUnreadable",
    "Not all corpora that tradeoff holds out could be read. Give them, or leave them out of the study: losses are compared over the same documents.",
  );
}

async function measureAlone(pass: TradeoffPass, files: TradeoffFiles): Promise<void> {
  const { cell, settings, engines, options } = pass;
  if (!(await canGoOn(pass, files))) await begin(pass, files);
  await pass.pairModels.release();
  const chosen = chosenModels(pass, files, cell.tradeoff!);
  const models = new HeldModels<ModelName>(engines, chosen, () => options);
  try {
    for (let round = cell.tradeoff!.rounds.length; round <= settings.rounds; round++) {
      await takeRound(pass, files, models, round);
    }
  } finally {
    // A training that was cancelled has written its checkpoint by then.
    await models.release();
  }
  cell.isComplete = true;
  pass.onDone();
}

/** Whether what the next round is trained from is there, as it was written. */
async function canGoOn(
  { cell: { tradeoff }, folder }: TradeoffPass,
  files: TradeoffFiles,
): Promise<boolean> {
  if (tradeoff === null) return false;
  const last = tradeoff.rounds.length - 1;
  if (last < 1) return true;
  const weights = join(folder, files.weights(last, tradeoff.weights));
  const found = await fileDigest(weights).catch(() => null);
  return found !== null && found === tradeoff.fileSha256;
}

async function begin(pass: TradeoffPass, files: TradeoffFiles): Promise<void> {
  const { cell, pairModels, pair, prompts, sha256, windows } = pass;
  await files.clear();
  const base = await pairModels.holdAlone(pair.stages[0]!.name);
  const { plan, failed } = await planTradeoff(pass, base);
  const { facts } = base.model;
  const resolved = resolveWindows(windows, facts.trainedContext);
  cell.models = [describeModel(plan.stage, { model: facts, settings: resolved }, sha256)];
  cell.prompts = prompts.map(({ text, kind }) => ({ text, kind, run: null }));
  cell.failed = [...failed];
  cell.measured = plan.prompts.measured.length;
  cell.tradeoff = plan;
  pass.onDone();
  await pass.save();
}

async function takeRound(
  pass: TradeoffPass,
  files: TradeoffFiles,
  models: HeldModels<ModelName>,
  round: number,
): Promise<void> {
  const { cell, folder, isKept } = pass;
  const plan = cell.tradeoff!;
  const journal = await RoundJournal.open(files.journal(round));
  const share = new RoundShare(pass.onShare);
  const measured = await measureRound({ ...pass, round, plan, files, models, journal, share });
  const { weights } = plan;
  const file = isKept && round > 0 ? files.weights(round, weights) : null;
  const next: Tradeoff = {
    ...plan,
    heldOut: measured.heldOut,
    rounds: [...plan.rounds, measured.round],
    file,
    fileSha256: file === null ? null : await fileDigest(join(folder, file)),
  };
  cell.tradeoff = next;
  pass.onDone();
  // What is no longer needed is so once the results can do without it.
  await pass.save();
  journal.remove();
  await rm(join(folder, files.weights(round - 1, weights)), { force: true });
}
