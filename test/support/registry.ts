import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** A registry of npm packages on this machine, as far as fetching their files goes. */
export interface Registry {
  /** `http://127.0.0.1:PORT/npm` */
  readonly url: string;
  /** What is served, by the path below the registry's. */
  readonly files: Map<string, Buffer>;
  /** Paths that were asked for, with ` from N` where it was for the bytes from N on. */
  readonly asked: string[];
  /** Answers stop after so many bytes, until they are cut off; Infinity: they do not. */
  holdAfter: number;
  close(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer(({ url, headers }, response) => {
    const path = url?.replace(/^\/npm\//, "") ?? "";
    const file = files.get(path);
    const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? "") ?? [];
    asked.push(from === undefined ? path : `${path} from ${from}`);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const start = Number(from ?? 0);
    response.writeHead(from === undefined ? 200 : 206, {
      "content-length": file.length - start,
      etag: `"${file.length}"`,
      ...(from === undefined
        ? {}
        : { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    const sent = file.subarray(start, start + registry.holdAfter);
    if (sent.length < file.length - start) response.write(sent);
    else response.end(sent);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const registry: Registry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm`,
    files,
    asked,
    holdAfter: Infinity,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return registry;
}
