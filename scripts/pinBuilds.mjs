// Rewrites the lock file after `npm install`, so that `npm ci` brings one llama.cpp build per platform.
//
// node-llama-cpp names fourteen builds as optional dependencies. Several match a platform at once (the CUDA
// variants alone are 540 MB), and npm has no way to decline an optional dependency. The lock file's own
// `os` and `cpu` fields decide what `npm ci` unpacks, so they are narrowed here: each plain build to its own
// processor, each GPU build to none. `npm install --no-save @node-llama-cpp/<build>@<version>` still adds one.
import { readFileSync, writeFileSync } from "node:fs";

/** Build name -> the one platform it is installed on by default; null: none. */
const builds = {
  "linux-x64": ["linux", "x64"],
  "linux-arm64": ["linux", "arm64"],
  "linux-armv7l": ["linux", "arm"],
  "linux-riscv64": ["linux", "riscv64"],
  "mac-arm64-metal": ["darwin", "arm64"],
  "mac-x64": ["darwin", "x64"],
  "win-x64": ["win32", "x64"],
  "win-arm64": ["win32", "arm64"],
  "linux-x64-cuda": null,
  "linux-x64-cuda-ext": null,
  "linux-x64-vulkan": null,
  "win-x64-cuda": null,
  "win-x64-cuda-ext": null,
  "win-x64-vulkan": null,
};

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const version = lock.packages["node_modules/node-llama-cpp"].version;
for (const [build, platform] of Object.entries(builds)) {
  const key = `node_modules/@node-llama-cpp/${build}`;
  const [os, cpu] = platform ?? ["none", "none"];
  lock.packages[key] = {
    version,
    ...(lock.packages[key]?.version === version && lock.packages[key].integrity
      ? { integrity: lock.packages[key].integrity }
      : {}),
    cpu: [cpu],
    license: "MIT",
    optional: true,
    os: [os],
    engines: { node: ">=20.0.0" },
  };
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
