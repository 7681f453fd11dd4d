/** The language server's process, started by the extension host over IPC. It ends with its client. */
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startEngine } from "../engine/local/client";
import { Engines } from "../engine/local/engines";
import { createDownloader } from "../jobs/models/transfer/downloader";
import { sampleFiles } from "../jobs/runs/sampleFiles";
import { startAnalyser } from "../jobs/runs/workerClient";
import { createServer } from "./server";

const connection = createConnection(ProposedFeatures.all);
const analyserScript = new URL("./alignment.mjs", import.meta.url);
const script = fileURLToPath(new URL("./engine.mjs", import.meta.url));

const onLog = (line: string) => connection.console.info(line);

createServer(
  connection,
  (gpuFolder, onCrash) => startEngine({ script, gpuFolder, onCrash, onLog }),
  (gpuFolder) => new Engines({ script, gpuFolder, onLog }),
  () => startAnalyser(analyserScript),
  sampleFiles(analyserScript),
  {
    downloader: createDownloader(new URL("./download.mjs", import.meta.url)),
    catalog: fileURLToPath(new URL("../models/catalog.json", import.meta.url)),
    machine: { environment: process.env, home: homedir(), platform: process.platform },
  },
);
// The engine in turn ends when its channel to this process closes.
process.on("disconnect", () => process.exit(0));
connection.listen();
