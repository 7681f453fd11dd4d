// What the build's bundles are made of: it is kept beside them, so that the package can name whose code they contain.
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "dist/bundled.json";

/** @param {import("esbuild").Metafile[]} metafiles of all bundles */
export function keepBundledFiles(metafiles) {
  const outputs = metafiles.flatMap(({ outputs }) => Object.values(outputs));
  const files = new Set(outputs.flatMap(({ inputs }) => Object.keys(inputs)));
  writeFileSync(FILE, JSON.stringify([...files].sort()));
}

/** @returns {string[]} paths of the files that the last build has bundled */
export function bundledFiles() {
  return JSON.parse(readFileSync(FILE, "utf8"));
}
