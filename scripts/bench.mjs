// `npm run bench [-- NAME…]`: runs the benchmarks in test/bench, or the named ones. They print ratios measured in one
// run; they assert nothing. Run them on an idle machine.
import { execFileSync } from "node:child_process";
import { build } from "esbuild";

const all = ["engine", "align", "sampling", "editor", "probes", "training", "agreement"];
// The others are for files of your own: TWINLENS_VOCABULARIES names a folder for `tokenizers`, MODEL a model for `kills`,
// `steady` and more of `probes`, one to adapt for `training`, SETS samples for `alignRuns`; TORCH a Python with PyTorch, whose gradients
// `training` is held against.
const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : all;

execFileSync(process.execPath, ["esbuild.mjs"], { stdio: ["ignore", "ignore", "inherit"] });
for (const name of names) {
  const outfile = `dist/bench/${name}.mjs`;
  await build({
    entryPoints: [`test/bench/${name}.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2023",
    external: ["koffi", "node-llama-cpp", "playwright-core", "esbuild", "assemblyscript"],
    logLevel: "error",
    banner: {
      js: 'import {createRequire as __createRequire} from "node:module"; const require=__createRequire(import.meta.url);',
    },
  });
  console.log(`\n## ${name}\n`);
  execFileSync(process.execPath, [outfile], { stdio: "inherit" });
}
