import { beforeEach, expect, it, vi } from "vitest";
import { proxyEnvironment } from "../../src/host/settings/proxy";

/** The user's settings under `http.`; a folder's own would stand under `workspaceValue`. */
const user = vi.hoisted(() => new Map<string, unknown>());
vi.mock("vscode", () => ({
  workspace: {
    getConfiguration: () => ({
      inspect: (name: string) => ({ globalValue: user.get(name), workspaceValue: "http://evil" }),
    }),
  },
}));

beforeEach(() => user.clear());

it("leaves the environment's proxy alone where the user has set none", () => {
  expect(proxyEnvironment()).toEqual({});
});

it("gives VS Code's proxy and its exceptions, in both cases of letters, as undici looks for the small ones first", () => {
  user.set("proxy", "http://name:secret@proxy.example:3128");
  user.set("noProxy", ["localhost", "intranet.example"]);
  const proxy = "http://name:secret@proxy.example:3128";
  expect(proxyEnvironment()).toEqual({
    ...{ HTTP_PROXY: proxy, http_proxy: proxy, HTTPS_PROXY: proxy, https_proxy: proxy },
    ...{ NO_PROXY: "localhost,intranet.example", no_proxy: "localhost,intranet.example" },
  });
});

it("goes through no proxy where VS Code's support is off", () => {
  user.set("proxy", "http://proxy.example:3128");
  user.set("proxySupport", "off");
  expect(proxyEnvironment()).toEqual({ NO_PROXY: "*", no_proxy: "*" });
});
