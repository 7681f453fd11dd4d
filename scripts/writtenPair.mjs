// Writes a stand-in pair with random weights, for a checkout without trained models: `node scripts/writtenPair.mjs OUTDIR`.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node scripts/writtenPair.mjs OUTDIR");
  process.exit(2);
}
const bundle = join(".cache", "writtenPair.cjs");
buildSync({
  entryPoints: ["test/support/models.ts"],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "cjs",
  logLevel: "error",
});
const { writePair } = createRequire(import.meta.url)(`../${bundle}`);
mkdirSync(folder, { recursive: true });
writePair(join(folder, "twin-base.gguf"), join(folder, "twin-rlhf.gguf"));
