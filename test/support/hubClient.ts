import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { build } from "esbuild";
import { createCaller } from "../../src/calls/caller";
import type { FromAnswers } from "../../src/calls/messages";
import type { Hub } from "./hub";
import type { HubCalls } from "./hubProcess";

/** A hub in a process of its own, which takes no time from this one. */
export async function startHubProcess(): Promise<Hub> {
  const outfile = resolve("dist/test/hubProcess.mjs");
  await build({
    entryPoints: [resolve("test/support/hubProcess.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2023",
    logLevel: "error",
  });
  const child = fork(outfile, { serialization: "advanced" });
  const ended = () => new Error("The hub has ended.");
  const { call, receive, end } = createCaller<HubCalls, string>({
    send: (message) => child.send(message),
    toError: (words) => new Error(words),
    cancelled: ended,
  });
  child.on("message", (message) => receive(message as FromAnswers<string>));
  child.on("exit", () => end(ended()));
  return {
    ...(await call("urls", undefined)),
    put: (file) => call("put", file),
    setFaults: (path, faults) => call("setFaults", { path, faults }),
    requests: () => call("requests", undefined),
    forget: () => call("forget", undefined),
    async close() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
