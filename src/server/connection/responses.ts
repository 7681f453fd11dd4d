import { type CancellationToken, LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { EngineError } from "../../engine/errors";
import { DownloadError } from "../../jobs/models/transfer/downloadError";

/** A request handler out of a function that fails by throwing and is cancelled by a signal. */
export function respond<P, R>(
  handler: (params: P, signal: AbortSignal) => R | Promise<R>,
): (params: P, token: CancellationToken) => Promise<R> {
  return async (params, token) => {
    try {
      return await handler(params, signalOf(token));
    } catch (error) {
      throw responseError(error);
    }
  };
}

/** A request that can't be answered, with the message for the user. */
export function failure(message: string): ResponseError<unknown> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}

/** The one place where errors become the protocol's; `data.code` names an engine's error, or a transfer's. */
export function responseError(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error as ResponseError<unknown>;
  if (error instanceof EngineError) {
    const { code, message } = error;
    return code === "Cancelled"
      ? new ResponseError(LSPErrorCodes.RequestCancelled, message)
      : new ResponseError(LSPErrorCodes.RequestFailed, message, { code });
  }
  if (error instanceof DownloadError)
    return new ResponseError(LSPErrorCodes.RequestFailed, error.message, { code: error.kind });
  return failure(error instanceof Error ? error.message : String(error));
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
