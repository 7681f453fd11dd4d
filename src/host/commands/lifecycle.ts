import { Method } from "../../protocol/requests";
import type { App } from "../app";
import { withProgress } from "../progress";
import type { Server } from "../server";

export async function loadModels({ jobs }: App, server: Server): Promise<void> {
  const { onProgress } = server;
  await withProgress({ uri: "", onProgress, onCancel: jobs.onCancelLoading }, (token) =>
    server.request(Method.load, null, token),
  );
}

export async function unloadModels(_app: App, server: Server): Promise<void> {
  await server.request(Method.unload, null);
}

export async function restartServer(_app: App, server: Server): Promise<void> {
  await server.restart();
}

export function showLog(app: App): void {
  app.log.show();
}
