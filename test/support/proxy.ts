import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** A proxy that opens tunnels, as those of organisations do. */
export interface TestProxy {
  readonly url: string;
  /** Where tunnels were asked for, `HOST:PORT`. */
  readonly tunnels: readonly string[];
  readonly close: () => void;
}

/** @param credentials `name:password` that it wants; null: it lets everybody through */
export function startProxy(credentials: string | null): Promise<TestProxy> {
  const tunnels: string[] = [];
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  const server = createServer();
  server.on("connect", ({ url, headers }, socket) => {
    tunnels.push(url!);
    socket.on("error", () => undefined);
    if (wanted !== null && headers["proxy-authorization"] !== wanted) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const [host, port] = url!.split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      const close = () => void server.close().closeAllConnections();
      done({ url: `http://127.0.0.1:${port}`, tunnels, close });
    });
  });
}
