import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { FromAnswers } from "../../src/calls/messages";
import type { Timing } from "../../src/jobs/models/transfer/timing";
import type {
  FetchedFile,
  TransferProgress,
  WantedFile,
} from "../../src/jobs/models/transfer/transfer";
import type { TransferFailure } from "../../src/jobs/models/transfer/worker";

/** The downloading thread in a process of its own, which can be killed, or run where disks are small. */
export interface DownloadProcess {
  readonly child: ChildProcess;
  readonly progress: readonly TransferProgress[];
  /** What came of it; null: it was killed. */
  readonly ended: Promise<FetchedFile | TransferFailure | null>;
}

export interface DownloadProcessOptions {
  readonly timing: Timing;
  /** What stands for Node. */
  readonly node?: string;
  /** No file grows beyond this many bytes: what is written then fails, as on a full disk (not on Windows). */
  readonly largestFile?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const PROGRAM = `
  import { Worker } from "node:worker_threads";
  const { script, timing, file } = JSON.parse(process.argv[1]);
  const worker = new Worker(script, { workerData: timing, execArgv: [] });
  worker.on("message", (message) => {
    process.stdout.write(JSON.stringify(message) + "\\n");
    if (message.type !== "event") void worker.terminate();
  });
  worker.postMessage({ type: "call", id: 1, name: "fetch", params: { job: 1, file } });
`;

export function startDownload(
  file: WantedFile,
  { timing, node = process.execPath, largestFile, env }: DownloadProcessOptions,
): DownloadProcess {
  const params = JSON.stringify({ script: resolve("dist/download.mjs"), timing, file });
  const command = [node, "--input-type=module", "-e", PROGRAM, params];
  // A shell counts blocks of 512 bytes.
  const limited = `ulimit -f ${Math.floor((largestFile ?? 0) / 512)} && exec "$@"`;
  const [program, ...args] =
    largestFile === undefined ? command : ["sh", "-c", limited, "sh", ...command];
  const child = spawn(program!, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const progress: TransferProgress[] = [];
  let last: FetchedFile | TransferFailure | null = null;
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    const lines = (text + more).split("\n");
    text = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as FromAnswers<TransferFailure>;
      if (message.type === "event") progress.push(message.value as TransferProgress);
      else if (message.type === "result") last = message.value as FetchedFile;
      else last = message.failure;
    }
  });
  return { child, progress, ended: once(child, "close").then(() => last) };
}
