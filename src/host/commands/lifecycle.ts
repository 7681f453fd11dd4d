import { ModelRequest } from "../../protocol/models";
import type { App } from "../app";
import { withProgress } from "../window/progress";
import type { Server } from "../connection/server";

export async function loadModels({ jobs }: App, server: Server): Promise<void> {
  const { onProgress } = server;
  await withProgress({ uri: "", onProgress, onCancel: jobs.onCancelLoading }, (token) =>
    server.request(ModelRequest.load, null, token),
  );
}

export async function unloadModels(_app: App, server: Server): Promise<void> {
  await server.request(ModelRequest.unload, null);
}

export async function restartServer(_app: App, server: Server): Promise<void> {
  await server.restart();
}

export function showLog(app: App): void {
  app.log.show();
}
