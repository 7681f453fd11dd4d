/** The language server's process, started by the extension host over IPC. It ends with its client. */
import { fileURLToPath } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startEngine } from "../engine/local/client";
import { Engines } from "../engine/local/engines";
import { sampleFiles } from "../jobs/runs/sampleFiles";
import { startAnalyser } from "../jobs/runs/workerClient";
import { createServer } from "./server";

const connection = createConnection(ProposedFeatures.all);
const analyserScript = new URL("./alignment.mjs", import.meta.url);
const script = fileURLToPath(new URL("./engine.mjs", import.meta.url));

const onLog = (line: string) => connection.console.info(line);

createServer(
  connection,
  (onCrash) => startEngine({ script, onCrash, onLog }),
  () => new Engines({ script, onLog }),
  () => startAnalyser(analyserScript),
  sampleFiles(analyserScript),
);
// The engine in turn ends when its channel to this process closes.
process.on("disconnect", () => process.exit(0));
connection.listen();
