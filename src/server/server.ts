import type { Connection } from "vscode-languageserver/node";
import { version } from "../../package.json";
import type { Engines } from "../engine/local/engines";
import type { SampleFiles } from "../jobs/runs/sampleFiles";
import type { RunAnalyser } from "../jobs/runs/workerClient";
import { build, type StartEngine } from "./build";
import { parseConfiguration } from "./settings/configuration";
import { answerAboutDocuments, hearOfDocuments } from "./routes/documents";
import { answerEditors } from "./routes/editors";
import { answerAboutGame } from "./routes/game";
import { answerAboutModels } from "./routes/models";
import { answerAboutRuns } from "./routes/runs";
import { answerAboutStudies } from "./routes/studies";

/** Builds the server on a connection; it answers from the client's `initialize` on. */
export function createServer(
  connection: Connection,
  startEngine: StartEngine,
  startEngines: () => Engines,
  startAnalyser: () => RunAnalyser,
  sampleFiles: SampleFiles,
): void {
  connection.onInitialize(({ initializationOptions }) => {
    const parts = build(
      connection,
      startEngine,
      startEngines,
      startAnalyser,
      sampleFiles,
      parseConfiguration(initializationOptions),
    );
    answerAboutDocuments(parts);
    hearOfDocuments(parts);
    answerAboutModels(parts);
    answerAboutRuns(parts);
    answerAboutStudies(parts);
    answerAboutGame(parts);
    answerEditors(parts);
    // Everything else is registered later, for highlighted documents only.
    return { capabilities: {}, serverInfo: { name: "Twinlens", version } };
  });
}
