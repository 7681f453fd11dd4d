import { workspace } from "vscode";

/**
 * VS Code's own proxy as environment of the server, where no trace of messages shows the password that it may hold. A
 * folder's settings do not count; without a proxy in the user's, the server has that of VS Code's environment.
 */
export function proxyEnvironment(): Readonly<Record<string, string>> {
  const http = workspace.getConfiguration("http");
  const proxy = http.inspect<unknown>("proxy")?.globalValue;
  const isOff = http.inspect<unknown>("proxySupport")?.globalValue === "off";
  if (isOff) return { NO_PROXY: "*", no_proxy: "*" };
  if (typeof proxy !== "string" || proxy === "") return {};
  const exceptions = http.inspect<unknown>("noProxy")?.globalValue;
  const hosts = Array.isArray(exceptions) ? exceptions.join(",") : "";
  const both = (name: string, value: string) => ({
    [name]: value,
    [name.toLowerCase()]: value,
  });
  return {
    ...both("HTTP_PROXY", proxy),
    ...both("HTTPS_PROXY", proxy),
    ...(hosts !== "" && both("NO_PROXY", hosts)),
  };
}
