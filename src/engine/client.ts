import { type ChildProcess, fork } from "node:child_process";
import type { Engine, Sample } from "./engine";
import { cancelled, EngineError } from "./errors";
import type { Calls, FromChild, CallName, ToChild } from "./messages";

export interface EngineOptions {
  /** The child's script, `dist/engine.mjs`. */
  readonly script: string;
  /** llama.cpp's warnings and errors, line by line. */
  readonly onLog?: (line: string) => void;
  /** The child has ended without being asked to. */
  readonly onCrash?: () => void;
}

/** What the child printed last, kept to explain a crash. */
const STDERR_KEPT = 2000;

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
}

/** Starts an engine in a child process. It loads nothing native before the first model, and ends with this process. */
export function startEngine(options: EngineOptions): Engine {
  const child = fork(options.script, [String(process.pid)], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  const calls = new CallTable(child, options);
  const { call } = calls;

  return {
    load: (path, { onProgress, signal, ...loadOptions }) =>
      call("load", { path, options: loadOptions }, onProgress, signal),
    unload: async (model) => {
      await call("unload", { model });
    },
    tokenize: (model, text, signal) => call("tokenize", { model, text }, undefined, signal),
    tokenizePrompt: (model, parts, signal) =>
      call("tokenizePrompt", { model, parts }, undefined, signal),
    renderChat: (model, messages, options = {}, signal) =>
      call("renderChat", { model, messages, options }, undefined, signal),
    score: async (request, onRows, signal) => {
      await call("score", request, onRows, signal);
    },
    sample: async (request, onSample, onTokens, signal) => {
      const onEvent = (event: Sample | number) => {
        if (typeof event === "number") onTokens?.(event);
        else onSample(event);
      };
      await call("sample", request, onEvent, signal);
    },
    dispose: () => calls.dispose(),
  };
}

/** Calls under way, by number. */
class CallTable {
  private readonly pending = new Map<number, PendingCall>();
  private nextId = 1;
  private stderr = "";
  /** Why no calls are accepted any more; null: they are. */
  private ended: EngineError | null = null;

  constructor(
    private readonly child: ChildProcess,
    private readonly options: EngineOptions,
  ) {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
      options.onLog?.(text.trimEnd());
    });
    child.on("message", (message: FromChild) => this.receive(message));
    child.on("error", (error) => this.end(error.message));
    child.on("exit", (code, signal) => this.end(signal ?? `exit code ${code}`));
  }

  /** Sends a call. Cancelling rejects at once; the child stops between two batches. */
  readonly call = <M extends CallName>(
    method: M,
    params: Calls[M]["params"],
    onEvent?: (event: Calls[M]["event"]) => void,
    signal?: AbortSignal,
  ): Promise<Calls[M]["result"]> => {
    if (signal?.aborted) return Promise.reject(cancelled());
    if (this.ended) return Promise.reject(this.ended);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.pending.delete(id);
        this.send({ type: "cancel", id });
        reject(cancelled());
      };
      const settle = <T>(done: (value: T) => void) => {
        return (value: T) => {
          signal?.removeEventListener("abort", onAbort);
          done(value);
        };
      };
      this.pending.set(id, {
        resolve: settle(resolve as (value: unknown) => void),
        reject: settle(reject),
        onEvent: onEvent as ((event: unknown) => void) | undefined,
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      this.send({ type: "call", id, method, params });
    });
  };

  dispose(): void {
    this.ended ??= cancelled();
    this.rejectAll(this.ended);
    // It holds nothing that could be lost, and may be inside llama.cpp for a long time.
    this.child.kill("SIGKILL");
  }

  private send(message: ToChild): void {
    if (this.child.connected) this.child.send(message);
  }

  private receive(message: FromChild): void {
    if (message.type === "log") {
      this.options.onLog?.(message.text);
      return;
    }
    const call = this.pending.get(message.id);
    if (call === undefined) return;
    switch (message.type) {
      case "event":
        call.onEvent?.(message.value);
        return;
      case "result":
        this.pending.delete(message.id);
        call.resolve(message.value);
        return;
      case "error":
        this.pending.delete(message.id);
        call.reject(new EngineError(message.code, message.message));
        return;
      default:
        message satisfies never;
    }
  }

  private end(reason: string): void {
    if (this.ended) return;
    const last = this.stderr.trim().split("\n").at(-1);
    this.ended = crashed(last ? `${reason}: ${last}` : reason);
    this.rejectAll(this.ended);
    this.options.onCrash?.();
  }

  private rejectAll(error: EngineError): void {
    const calls = [...this.pending.values()];
    this.pending.clear();
    for (const call of calls) call.reject(error);
  }
}

function crashed(reason: string): EngineError {
  return new EngineError(
    "EngineCrashed",
    `The engine stopped (${reason}). The next command starts it again; if it stops once more, choose another model.`,
  );
}
