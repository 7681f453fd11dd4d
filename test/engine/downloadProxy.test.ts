import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDownload } from "../support/downloadProcess";
import { type Hub, startHub } from "../support/hub";
import { startProxy, type TestProxy } from "../support/proxy";

const NAME = "model.gguf";
const TIMING = { stallMs: 2000, pauseMs: 10 };

let hub: Hub;
let proxy: TestProxy;
let folder: string;
beforeAll(async () => {
  hub = await startHub();
  proxy = await startProxy("me:secret");
  await hub.put({ path: `user/model/${NAME}`, content: Buffer.alloc(100_000, 7) });
});
afterAll(async () => {
  proxy.close();
  await hub.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-proxy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What comes of a download where the environment names a proxy. */
function fetchBy(httpProxy: string, noProxy = "") {
  const url = `${hub.url}/user/model/resolve/main/${NAME}`;
  const names = {
    HTTP_PROXY: httpProxy,
    NO_PROXY: noProxy,
    http_proxy: httpProxy,
    no_proxy: noProxy,
  };
  const file = { url, folder, fileName: NAME, bytes: null, digest: null, token: null };
  return startDownload(file, { timing: TIMING, env: names }).ended;
}

describe("a proxy that the environment names", () => {
  it("is gone through, with its name and password", async () => {
    expect(await fetchBy(proxy.url.replace("//", "//me:secret@"))).toMatchObject({
      verifiedBy: "hub",
    });
    expect(proxy.tunnels).toEqual([hub.url, hub.storageUrl].map((url) => new URL(url).host));
  });

  it("is passed by where NO_PROXY says so", async () => {
    const before = proxy.tunnels.length;
    expect(await fetchBy(proxy.url, "127.0.0.1")).toMatchObject({ verifiedBy: "hub" });
    expect(proxy.tunnels).toHaveLength(before);
  });

  it.each([
    ["wants a password", () => proxy.url, /The proxy refused a connection to .* \(407\)/],
    ["is no address", () => "not a proxy", /is no address of a proxy/],
    ["is not there", () => "http://127.0.0.1:9", /refused the connection\. .*HTTPS_PROXY/],
  ])("%s: says so", async (_, url, message) => {
    expect(await fetchBy(url())).toMatchObject({
      message: expect.stringMatching(message) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
