import type { Connection } from "vscode-languageserver/node";
import { version } from "../../package.json";
import type { Engine } from "../engine/engine";
import type { Engines } from "../engine/local/engines";
import type { SampleFiles } from "../jobs/runs/sampleFiles";
import type { RunAnalyser } from "../jobs/runs/workerClient";
import { build, type FetchMeans } from "./build";
import { parseConfiguration } from "./settings/configuration";
import { answerAboutAdaptation } from "./routes/adaptation";
import { answerAboutContinuations } from "./routes/continuation";
import { answerAboutDocuments, hearOfDocuments } from "./routes/documents";
import { answerEditors } from "./routes/editors";
import { answerAboutGame } from "./routes/game";
import { answerAboutModelFiles } from "./routes/modelFiles";
import { answerAboutGpuBuilds } from "./routes/gpuBuilds";
import { answerAboutModels } from "./routes/models";
import { answerAboutProbes } from "./routes/probes";
import { answerAboutRuns } from "./routes/runs";
import { answerAboutStudies } from "./routes/studies";

/** Builds the server on a connection; it answers from the client's `initialize` on. */
export function createServer(
  connection: Connection,
  startEngine: (gpuFolder: string | null, onCrash: () => void) => Engine,
  startEngines: (gpuFolder: string | null) => Engines,
  startAnalyser: () => RunAnalyser,
  sampleFiles: SampleFiles,
  fetchMeans: FetchMeans,
): void {
  connection.onInitialize(({ initializationOptions }) => {
    const parts = build(
      connection,
      startEngine,
      startEngines,
      startAnalyser,
      sampleFiles,
      fetchMeans,
      parseConfiguration(initializationOptions),
    );
    answerAboutDocuments(parts);
    hearOfDocuments(parts);
    answerAboutModels(parts);
    answerAboutModelFiles(parts);
    answerAboutRuns(parts);
    answerAboutStudies(parts);
    answerAboutGame(parts);
    answerAboutContinuations(parts);
    answerAboutProbes(parts);
    answerAboutAdaptation(parts);
    answerAboutGpuBuilds(parts);
    answerEditors(parts);
    // Everything else is registered later, for highlighted documents only.
    return { capabilities: {}, serverInfo: { name: "Twinlens", version } };
  });
}
