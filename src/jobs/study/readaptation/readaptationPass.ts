/** A cell of the measure `readaptation`: each model is trained on a corpus, alike (docs/definitions.md, "Re-adaptation"). */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileNames } from "../../../analysis/presentation/modelName";
import { cancelled, EngineError } from "../../../engine/errors";
import type { ReadaptationSettings, Stage } from "../../../formats/study/study";
import type { TrainedWeightsKind } from "../../../formats/study/readaptationSettings";
import type { ResultCell } from "../../../formats/study/studyResult";
import { adapt } from "../../adaptation/adapt";
import { type AdaptationPlan, planAdaptation } from "../../adaptation/planAdaptation";
import { trainedAnew } from "../../adaptation/trainedAnew";
import type { CorpusDocument } from "../../corpora/corpus";
import type { HeldModels } from "../../models/heldModels";
import type { HeldModel } from "../../scoring/scoreWindow";
import { describeModel } from "../documentRows";
import { describeTraining } from "./describeTraining";
import { adaptationSettings, kindsFor } from "./kinds";
import { trainedFiles } from "./trainedFiles";

export interface ReadaptationPass {
  /** Changed in place. */
  readonly cell: ResultCell;
  readonly models: HeldModels<string>;
  /** All that are trained. */
  readonly stages: readonly Stage[];
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
  readonly onWarning: (message: string) => void;
  readonly signal: AbortSignal;
}

/** @throws EngineError where a model can't be used or trained, or `Cancelled`; CorpusError; the file system's error */
export async function measureReadaptation(pass: ReadaptationPass): Promise<void> {
  const { cell, models, settings, onDone } = pass;
  checkStages(pass.stages);
  await mkdir(pass.folder, { recursive: true });
  for (const stage of models.roles) {
    const held = await models.holdAlone(stage);
    const kinds = kindsFor(settings, held.model.facts.parameters);
    const missing = kinds.filter((kind) => !isTrained(cell, stage, kind));
    if (missing.length > 0) await trainStage(pass, stage, held, missing);
  }
  cell.isComplete = true;
  onDone();
}

/**
 * What can't be trained is known before anything is loaded.
 * @throws EngineError `Untrainable`
 */
function checkStages(stages: readonly Stage[]): void {
  const adapted = stages.find(({ adapter }) => adapter !== null);
  if (!adapted) return;
  throw new EngineError(
    "Untrainable",
    `${fileNames(adapted)} (${adapted.name}) has an adapter, beside which no other is trained. Leave this stage, or the measure readaptation, out.`,
  );
}

function isTrained({ readaptation }: ResultCell, stage: string, kind: TrainedWeightsKind): boolean {
  return readaptation!.trainings.some((one) => one.stage === stage && one.weights === kind);
}

/** All kinds of weights take the same steps. */
async function trainStage(
  pass: ReadaptationPass,
  stage: string,
  held: HeldModel,
  kinds: readonly TrainedWeightsKind[],
): Promise<void> {
  const { onFault, signal } = pass;
  const settings = adaptationSettings(pass.settings, kinds[0]!, pass.seed);
  const listener = { onRead: () => undefined, onFault };
  const documents = pass.documents();
  const plan = await planAdaptation({ ...held, settings, documents, listener, signal });
  for (const kind of kinds) {
    await train(pass, stage, kind, { ...held, plan });
    if (signal.aborted) throw cancelled();
  }
}

async function train(
  pass: ReadaptationPass,
  stage: string,
  kind: TrainedWeightsKind,
  { engine, model, plan }: HeldModel & { readonly plan: AdaptationPlan },
): Promise<void> {
  const { cell, sha256, signal } = pass;
  const settings = adaptationSettings(pass.settings, kind, pass.seed);
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
        if (event.kind === "step" && !event.isPast) pass.onStep(event.step / settings.steps);
      },
      signal,
    });
  const adaptation = await trainedAnew(checkpoint, run, ({ message }) =>
    pass.onWarning(`${message} ${stage} is trained anew.`),
  );
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
