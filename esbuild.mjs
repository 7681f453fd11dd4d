// Builds everything into dist/: `node esbuild.mjs [--watch]`.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { context } from "esbuild";
import { keepBundledFiles } from "./scripts/bundled.mjs";
import { compileReadout } from "./scripts/readoutWasm.mjs";

const watch = process.argv.includes("--watch");

/** Bundled CommonJS dependencies call `require`; an ES module has to make one. */
const requireBanner = {
  js: 'import {createRequire as __createRequire} from "node:module"; const require=__createRequire(import.meta.url);',
};

/** The command line is started by its name. */
const programBanner = { js: `#!/usr/bin/env node\n${requireBanner.js}` };

const common = {
  bundle: true,
  sourcemap: true,
  metafile: true,
  logLevel: "info",
  target: "es2023",
};

/** An ES module for Node; the native packages stay outside the bundle. */
const node = (entry, outfile) => ({
  ...common,
  entryPoints: [entry],
  outfile,
  platform: "node",
  format: "esm",
  external: ["koffi", "node-llama-cpp"],
  banner: requireBanner,
});

/** A part of the extension host, which parses at activation what is in `extension.cjs`: the client waits for its use. */
const host = (entry, outfile) => ({
  ...common,
  entryPoints: [entry],
  outfile,
  platform: "node",
  format: "cjs",
  minify: !watch,
  external: ["vscode"],
  plugins: [clientApart],
  supported: { "dynamic-import": false },
});

/** The language client, which is a bundle of its own. */
const CLIENT = "src/host/connection/client";

const clientApart = {
  name: "client apart",
  setup(build) {
    // Not every `…/client`: the language client has modules of that name as well.
    build.onResolve({ filter: /\/client$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === resolve(CLIENT)
        ? { path: "./client.cjs", external: true }
        : undefined,
    );
    build.onEnd(({ metafile }) => {
      const isClient = build.initialOptions.entryPoints[0] === `${CLIENT}.ts`;
      const inputs = Object.keys(metafile?.inputs ?? {});
      const hasLanguageClient = inputs.some((input) => input.includes("vscode-languageclient"));
      if (inputs.length === 0 || hasLanguageClient === isClient) return {};
      return { errors: [{ text: "The language client belongs into its own bundle alone." }] };
    });
  },
};

const webview = (entry, outfile) => ({
  ...common,
  entryPoints: [entry],
  outfile,
  platform: "browser",
  format: "iife",
  minify: !watch,
  loader: { ".css": "text" },
});

const targets = [
  host("src/host/extension.ts", "dist/extension.cjs"),
  host("src/host/connection/client.ts", "dist/client.cjs"),
  node("src/server/main.ts", "dist/server.mjs"),
  node("src/engine/child/process.ts", "dist/engine.mjs"),
  node("src/engine/child/orphanWatch.ts", "dist/orphanWatch.mjs"),
  node("src/engine/child/llama/buildHook.ts", "dist/buildHook.mjs"),
  { ...node("src/cli/main.ts", "dist/twinlens.mjs"), banner: programBanner },
  node("src/engine/child/chat/worker.ts", "dist/chatPrompt.mjs"),
  node("src/jobs/runs/worker.ts", "dist/alignment.mjs"),
  node("src/jobs/models/transfer/worker.ts", "dist/download.mjs"),
  node("src/jobs/models/transfer/digestWorker.ts", "dist/digest.mjs"),
  webview("webview/report/main.ts", "dist/report.js"),
  webview("webview/anchors/main.ts", "dist/anchors.js"),
  webview("webview/study/main.ts", "dist/study.js"),
  webview("webview/game/main.ts", "dist/game.js"),
  webview("webview/continue/main.ts", "dist/continue.js"),
].filter((target) => existsSync(target.entryPoints[0]));

mkdirSync("dist", { recursive: true });
writeFileSync("dist/readout.wasm", await compileReadout());
const metafiles = [];
for (const target of targets) {
  const build = await context(target);
  if (watch) await build.watch();
  else {
    const { metafile } = await build.rebuild();
    metafiles.push(metafile);
    await build.dispose();
  }
}
if (!watch) {
  keepBundledFiles(metafiles);
  // npm makes a program executable when it installs it, not in its own checkout.
  chmodSync("dist/twinlens.mjs", 0o755);
}
