import type { ExtensionContext, LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";
import type { Configuration } from "../../protocol/configuration";
import { proxyEnvironment } from "../settings/proxy";
import { createCrashCounter } from "./crashes";
import { reach } from "../window/milestones";
import type { ServerEnd } from "./server";

export interface ClientOptions {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  /** Asked at every start of the process. */
  readonly configuration: () => Configuration;
  readonly onEnd: (end: ServerEnd) => void;
}

/** A client of `dist/server.mjs`. The server itself registers for the documents that are highlighted, and for no other. */
export function createClient({
  context,
  log,
  configuration,
  onEnd,
}: ClientOptions): LanguageClient {
  const module = context.asAbsolutePath("dist/server.mjs");
  // Not stdio: the first native `printf` would break the protocol.
  const run = { module, transport: TransportKind.ipc, options: { env: proxyEnvironment() } };
  const execArgv = ["--nolazy", "--inspect=6029"];
  const serverOptions: ServerOptions = {
    run,
    debug: { ...run, options: { ...run.options, execArgv } },
  };
  const clientOptions: LanguageClientOptions = {
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: configuration,
    initializationFailedHandler: () => false,
    errorHandler: createErrorHandler(onEnd),
    middleware: {
      async provideHover(document, position, token, next) {
        const hover = await next(document, position, token);
        if (hover) reach("token");
        return hover;
      },
    },
    markdown: {
      isTrusted: { enabledCommands: ["twinlens.insertAlternative", "twinlens.continueFromHere"] },
      supportHtml: false,
    },
  };
  return new LanguageClient("twinlens", "Twinlens", serverOptions, clientOptions);
}

function createErrorHandler(onEnd: (end: ServerEnd) => void): ErrorHandler {
  const counter = createCrashCounter(Date.now);
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed() {
      const goesOn = counter.crashed() === "restart";
      onEnd(goesOn ? "restarting" : "stopped");
      return { action: goesOn ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
    },
  };
}
