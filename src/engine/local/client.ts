import { type ChildProcess, fork } from "node:child_process";
import { type Caller, createCaller } from "../../calls/caller";
import type { Engine, Sample, ScoredRows } from "../engine";
import { cancelled, EngineError } from "../errors";
import type { EngineCalls } from "../child/calls/calls";
import type { EngineFailure, FromChild } from "../child/messages";

export interface EngineOptions {
  /** The child's script, `dist/engine.mjs`. */
  readonly script: string;
  /** Of GPU builds that the user has added; null: none. */
  readonly gpuFolder?: string | null;
  /** llama.cpp's warnings and errors, line by line. */
  readonly onLog?: (line: string) => void;
  /** The child has ended without being asked to. */
  readonly onCrash?: () => void;
}

/** What the child printed last, kept to explain a crash. */
const STDERR_KEPT = 2000;

/** Starts an engine in a child process. It loads nothing native before the first model, and ends with this process. */
export function startEngine({ script, gpuFolder, onLog, onCrash }: EngineOptions): Engine {
  const child = fork(script, [String(process.pid), gpuFolder ?? ""], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  const { call, receive, end } = createCaller<EngineCalls, EngineFailure>({
    send: (message) => {
      if (child.connected) child.send(message);
    },
    toError: ({ code, message }) => new EngineError(code, message),
    cancelled,
  });
  let isOver = false;
  child.on("message", (message: FromChild) => {
    if (message.type === "log") onLog?.(message.text);
    else receive(message);
  });
  onEnd(child, onLog, (reason) => {
    if (isOver) return;
    isOver = true;
    end(crashed(reason));
    onCrash?.();
  });

  return {
    ...methodsOf(call),
    share: () => shared(call),
    dispose() {
      isOver = true;
      end(cancelled());
      // What it has not written can be done again, and it may be inside llama.cpp for a long time.
      child.kill("SIGKILL");
    },
  };
}

type Call = Caller<EngineCalls, EngineFailure>["call"];

/** As `Engine.share`. */
function shared(call: Call): Engine {
  const over = new AbortController();
  const callUntilOver: Call = (name, params, onEvent, signal) =>
    call(name, params, onEvent, signal ? AbortSignal.any([signal, over.signal]) : over.signal);
  return {
    ...methodsOf(callUntilOver),
    unload: methodsOf(call).unload,
    share: () => shared(callUntilOver),
    dispose: () => over.abort(),
  };
}

function methodsOf(call: Call): Omit<Engine, "share" | "dispose"> {
  return {
    capabilities: { distribution: true, compares: true, states: true, trains: true },
    device: (gpu, signal) => call("device", { gpu }, undefined, signal),
    load: (path, { onProgress, signal, ...options }) =>
      call("load", { path, options }, onProgress, signal),
    prepareScoring: async (model, signal) => {
      const facts = await call("prepareScoring", { model: model.id }, undefined, signal);
      return { ...model, facts: { ...model.facts, ...facts } };
    },
    unload: async (model) => {
      await call("unload", { model });
    },
    tokenize: (model, text, signal, continues = null) =>
      call("tokenize", { model, text, continues }, undefined, signal),
    tokenizePrompt: (model, parts, signal) =>
      call("tokenizePrompt", { model, parts }, undefined, signal),
    renderChat: (model, messages, options = {}, signal) =>
      call("renderChat", { model, messages, options }, undefined, signal),
    score: async (request, onRows, signal) => {
      await call("score", request, onRows, signal);
    },
    scoreTexts: async (request, onRows, signal) => {
      const onEvent = ({ text, rows }: { readonly text: number; readonly rows: ScoredRows }) =>
        onRows(text, rows);
      await call("scoreTexts", request, onEvent, signal);
    },
    compare: async (request, onRows, signal) => {
      await call("compare", request, onRows, signal);
    },
    sample: async (request, onSample, onTokens, signal) => {
      await call("sample", request, drawingEvents(onSample, onTokens), signal);
    },
    continuePrompts: async (request, onSample, onTokens, signal) => {
      await call("continuePrompts", request, drawingEvents(onSample, onTokens), signal);
    },
    states: (request, onRows, signal) => call("states", request, onRows, signal),
    fitRidge: (request, onProgress, signal) => call("fitRidge", request, onProgress, signal),
    fitLens: (request, onProgress, signal) => call("fitLens", request, onProgress, signal),
    expectAhead: (request, signal) => call("expectAhead", request, undefined, signal),
    train: (request, onEvent, signal) => call("train", request, onEvent, signal),
  };
}

/** What drawing emits on the way: samples, and numbers of tokens. */
function drawingEvents(
  onSample: (sample: Sample) => void,
  onTokens: ((tokens: number) => void) | undefined,
): (event: Sample | number) => void {
  return (event) => {
    if (typeof event === "number") onTokens?.(event);
    else onSample(event);
  };
}

/** Calls `tell` when the child ends, with the reason and the last that it printed. */
function onEnd(
  child: ChildProcess,
  onPrinted: ((text: string) => void) | undefined,
  tell: (reason: string) => void,
): void {
  let printed = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-STDERR_KEPT);
    onPrinted?.(text.trimEnd());
  });
  const explain = (reason: string) => {
    const last = printed.trim().split("\n").at(-1);
    tell(last ? `${reason}: ${last}` : reason);
  };
  child.on("error", (error) => {
    // One that was never started has no exit. Of one that was, an error is of a message that it no longer took, and the exit
    // says why.
    if (child.pid === undefined) explain(error.message);
  });
  child.on("exit", (code, signal) => explain(signal ?? `exit code ${code}`));
}

function crashed(reason: string): EngineError {
  return new EngineError(
    "EngineCrashed",
    `The engine stopped (${reason}). The next command starts it again; if it stops once more, choose another model, or turn the GPU off (twinlens.gpu, --cpu).`,
  );
}
