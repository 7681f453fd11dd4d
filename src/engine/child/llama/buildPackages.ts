import { existsSync, readFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The folders of builds' packages, by the builds' names. */
export type BuildFolders = ReadonlyMap<string, string>;

/**
 * Builds that the user has added: each a package in a folder of its build's name. One that belongs to another
 * node-llama-cpp holds another llama.cpp, and is left alone.
 * @param folder null: the user can't add any
 */
export function addedBuilds(
  folder: string | null,
  builds: readonly string[],
  onLog: (line: string) => void,
): BuildFolders {
  const found = new Map<string, string>();
  if (folder === null) return found;
  const wanted = installedVersion();
  for (const build of builds) {
    const path = join(folder, build);
    const version = packageVersion(path);
    if (version === null) continue;
    if (version === wanted) found.set(build, path);
    else {
      onLog(
        `The GPU build in ${path} is not used: it belongs to node-llama-cpp ${version}, and this is ${wanted}. Add it again (Add GPU Support…, or "twinlens gpu add").`,
      );
    }
  }
  return found;
}

/** The folder of a package in `node_modules`; null: it is not installed. */
export function installedPackage(name: string): string | null {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = join(folder, name, "package.json");
    if (existsSync(candidate)) return dirname(candidate);
  }
  return null;
}

let isLed = false;

/**
 * Has node-llama-cpp find builds that were added. It imports a build by its package's name, which Node looks for in the
 * `node_modules` above it and nowhere else.
 */
export function leadImports(builds: BuildFolders): void {
  if (isLed || builds.size === 0) return;
  isLed = true;
  const addresses = new Map<string, string>();
  for (const [build, folder] of builds) {
    addresses.set(`@node-llama-cpp/${build}`, pathToFileURL(join(folder, "dist/index.js")).href);
  }
  register(new URL("./buildHook.mjs", import.meta.url), { data: addresses });
}

function installedVersion(): string | null {
  const folder = installedPackage("node-llama-cpp");
  return folder === null ? null : packageVersion(folder);
}

/** null: there is no package, or its description can't be read. */
function packageVersion(folder: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly version?: unknown;
    };
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}
