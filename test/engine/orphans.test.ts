import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { LOAD, startTestEngine } from "../support/engine";
import { testModel } from "../support/models";
import { enginesOf, isRunning } from "../support/processes";
import { waitUntil } from "../support/waitUntil";

/** Each of its 3,600 tensors reports progress, so a kill comes while the model is loading. */
const slowModel = () => testModel({ name: "slow", layers: 400, type: "F16" });

const isGone = async (id: number) => {
  await waitUntil(`engine ${id} has ended`, () => Promise.resolve(!isRunning(id)));
};

/** Starts `twinlens`, and waits for its engine. */
async function startCommand(...args: string[]): Promise<{ command: ChildProcess; engine: number }> {
  const command = spawn(process.execPath, [resolve("dist/twinlens.mjs"), ...args], {
    stdio: "ignore",
  });
  await waitUntil("the engine runs", () => Promise.resolve(enginesOf(command.pid!).length === 1));
  return { command, engine: enginesOf(command.pid!)[0]! };
}

describe("an engine", () => {
  it("that loads a model ends when it is disposed of", async () => {
    const path = slowModel();
    for (const share of [0, 0.2, 0.4, 0.6]) {
      const engine = startTestEngine();
      const before = new Set(enginesOf(process.pid));
      await new Promise<void>((reached) => {
        const onProgress = (fraction: number) => {
          if (fraction >= share) reached();
        };
        engine.load(path, { ...LOAD, onProgress }).catch(() => undefined);
      });
      const own = enginesOf(process.pid).filter((id) => before.has(id));
      engine.dispose();
      for (const id of own) await isGone(id);
    }
  });

  it("that loads a model ends with an uncaught error", async () => {
    const child = fork(resolve("dist/engine.mjs"), [String(process.pid)], { silent: true });
    let complaint = "";
    child.stderr!.on("data", (text: Buffer) => (complaint += text.toString()));
    const params = { path: slowModel(), options: LOAD };
    child.send({ type: "call", id: 1, method: "load", params });
    await once(child, "message");
    // No message at all: nothing in the engine expects that.
    child.send(null as unknown as object);
    await isGone(child.pid!);
    expect(complaint).toContain("TypeError");
  });

  it("ends with a command that is killed, whatever it does: load, tokenize, draw", async () => {
    const models = ["--base", slowModel(), "--cpu", "--samples-per-prompt", "50"];
    for (const afterMs of [0, 50, 150, 400, 1000, 2000]) {
      const args = ["sample", "--prompt", "once upon a time ".repeat(100), ...models];
      const { command, engine } = await startCommand(...args);
      await sleep(afterMs);
      command.kill("SIGKILL");
      await isGone(engine);
    }
  });
});
