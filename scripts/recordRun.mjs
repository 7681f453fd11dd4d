// Makes a recorded run of sample/runs out of a run's file: gives it a name, tells what it is, and takes the paths of this
// machine out. sample/runs/README.md has the calls.
//
//     node scripts/recordRun.mjs RUN OUT --name NAME --text TEXT --source SOURCE --licence LICENCE
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const text = { type: "string" };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { name: text, text, source: text, licence: text },
});
const [from, to] = positionals;
const { parseRun, serializeRun } = await formats();
const run = parseRun(readFileSync(from, "utf8"));
const { name, text: told, source, licence } = values;
const recorded = {
  ...run,
  name,
  about: { text: told, source, licence },
  scorers: mapped(run.scorers, withoutFolder),
  ...mapped({ base: run.base, rlhf: run.rlhf }, (side) => ({
    ...side,
    source:
      side.source.kind === "model"
        ? withoutFolder(side.source)
        : { kind: "file", name: basename(side.source.name) },
  })),
};
writeFileSync(to, serializeRun(recorded));

function mapped(record, change) {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.map(([key, value]) => [key, value && change(value)]));
}

function withoutFolder(value) {
  return { ...value, model: { ...value.model, path: basename(value.model.path) } };
}

/** The project's own reader and writer of runs. */
async function formats() {
  const contents =
    'export * from "./src/formats/parseRun"; export * from "./src/formats/serializeRun";';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: "." },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
