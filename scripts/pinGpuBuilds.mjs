// Writes down what the registry has of node-llama-cpp's GPU builds: their size and their digest, which Twinlens holds against
// what it fetches. To be run when node-llama-cpp is updated: it downloads all of them (350 MB). A build that the registry
// lacks is left out, and is not offered.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const GPU_BUILD = /^@node-llama-cpp\/(.*-(?:cuda|cuda-ext|vulkan))$/;
const FILE = new URL("../src/jobs/models/gpu/pinned.json", import.meta.url);

const manifest = new URL("../node_modules/node-llama-cpp/package.json", import.meta.url);
const { version, optionalDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
const packages = {};
for (const name of Object.keys(optionalDependencies)) {
  const [, build] = GPU_BUILD.exec(name) ?? [];
  const packed = build === undefined ? null : pack(`${name}@${version}`);
  if (packed === null) continue;
  const { size, unpackedSize, integrity } = packed;
  packages[build] = { bytes: size, unpackedBytes: unpackedSize, integrity };
}
writeFileSync(FILE, `${JSON.stringify({ version, packages }, null, 2)}\n`);

/** npm checks what it downloads. null: the registry lacks it */
function pack(name) {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 24 };
  try {
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", name, "--dry-run", "--json"], options),
    );
    return packed;
  } catch (error) {
    if (!/E404|ETARGET/.test(String(error.stdout))) throw error;
    console.warn(`${name}: the registry does not have it.`);
    return null;
  }
}
