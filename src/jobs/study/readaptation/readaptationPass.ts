/** A cell of the measure `readaptation`: each model is trained on a corpus, alike (docs/definitions.md, "Re-adaptation"). */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cancelled, EngineError } from "../../../engine/errors";
import type { ReadaptationSettings } from "../../../formats/study/study";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";
import type { ResultCell } from "../../../formats/study/studyResult";
import { adapt } from "../../adaptation/adapt";
import { planAdaptation } from "../../adaptation/planAdaptation";
import type { CorpusDocument } from "../../corpora/corpus";
import type { HeldModels } from "../../models/heldModels";
import { describeModel } from "../documentRows";
import { describeTraining } from "./describeTraining";
import { adaptationSettings, kindsFor } from "./kinds";
import { trainedFiles } from "./trainedFiles";

export interface ReadaptationPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly models: HeldModels<string>;
  /** Digests by stage. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly settings: ReadaptationSettings;
  readonly seed: number;
  /** Of the corpus, as often as they are asked for. */
  readonly documents: () => AsyncIterable<CorpusDocument>;
  /** Where the trained weights are put. */
  readonly folder: string;
  /** They stay there. */
  readonly isKept: boolean;
  /** There is more in the cell. */
  readonly onDone: () => void;
  /** How far a training has come, 0 .. 1. */
  readonly onStep: (share: number) => void;
  /** A document is left out. */
  readonly onFault: (document: string, error: Error) => void;
  readonly signal: AbortSignal;
}

/** @throws EngineError where a model can't be used or trained, or `Cancelled`; CorpusError; the file system's error */
export async function measureReadaptation(pass: ReadaptationPass): Promise<void> {
  const { cell, models, settings, onDone, signal } = pass;
  await checkStages(models);
  await mkdir(pass.folder, { recursive: true });
  for (const stage of models.roles) {
    const { model } = await models.holdAlone(stage);
    for (const kind of kindsFor(settings, model.facts.parameters)) {
      const isKnown = cell.readaptation!.trainings.some(
        (training) => training.stage === stage && training.weights === kind,
      );
      if (!isKnown) await train(pass, stage, kind);
      if (signal.aborted) throw cancelled();
    }
  }
  cell.isComplete = true;
  onDone();
}

/**
 * What can't be trained is known before anything is.
 * @throws EngineError `Untrainable`
 */
async function checkStages(models: HeldModels<string>): Promise<void> {
  for (const stage of models.roles) {
    const { facts } = (await models.holdAlone(stage)).model;
    if (facts.adapter === null) continue;
    throw new EngineError(
      "Untrainable",
      `${facts.name} (${stage}) has an adapter, beside which no other is trained. Leave this stage, or the measure readaptation, out.`,
    );
  }
}

async function train(
  pass: ReadaptationPass,
  stage: string,
  kind: TrainedWeightsKind,
): Promise<void> {
  const { cell, models, sha256, signal, onFault } = pass;
  const { engine, model } = await models.holdAlone(stage);
  const settings = adaptationSettings(pass.settings, kind, pass.seed);
  const listener = { onRead: () => undefined, onFault };
  const documents = pass.documents();
  const plan = await planAdaptation({ engine, model, settings, documents, listener, signal });
  const files = trainedFiles(cell, stage, kind);
  const checkpoint = join(pass.folder, files.checkpoint);
  const run = () =>
    adapt({
      engine,
      model,
      settings,
      plan,
      files: {
        out: join(pass.folder, files.weights),
        checkpoint,
        modelSha256: sha256.get(stage) ?? null,
      },
      onEvent: (event) => {
        if (event.kind === "step") pass.onStep(event.step / settings.steps);
      },
      signal,
    });
  const adaptation = await run().catch(async (error: unknown) => {
    if (!(error instanceof EngineError && error.code === "CheckpointUnreadable")) throw error;
    // Of another version, or damaged: it is of no use any more.
    await rm(checkpoint, { force: true });
    return run();
  });
  if (!cell.models.some((known) => known.stage === stage)) {
    const described = describeModel(stage, { model: model.facts, settings: null }, sha256);
    cell.models = [...cell.models, described];
  }
  const { texts } = adaptation;
  cell.measured = texts.report.documents;
  cell.readaptation = {
    documents: {
      train: texts.train.documents,
      choose: texts.choose.documents,
      report: texts.report.documents,
    },
    trainings: [
      ...cell.readaptation!.trainings,
      {
        stage,
        ...describeTraining(settings, plan, adaptation),
        file: pass.isKept && adaptation.chosenStep > 0 ? files.weights : null,
      },
    ],
  };
  pass.onDone();
}
