import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** A wall: files under `folder` may not import what `patterns` name. ARCHITECTURE.md gives the reasons. */
const wall = (folder, patterns, message) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      { patterns: [{ regex: patterns, message }] },
    ],
  },
});

export default tseslint.config(
  {
    ignores: [
      "dist",
      ".cache",
      "test-results",
      "node_modules",
      "models/train",
      "src/engine/readout/wasm",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.pure.json", "./tsconfig.node.json", "./tsconfig.browser.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-explicit-any": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        fetch: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        Buffer: "readonly",
      },
    },
  },
  wall(
    "src/analysis",
    "^(?!\\.\\.?/)|/(protocol|engine|server|host|cli|webview|test)/",
    "analysis imports nothing but itself",
  ),
  wall(
    "src/protocol",
    "^(?!\\.\\.?/|zod(/mini)?$)|/(analysis|engine|server|host|cli|webview|test)/",
    "protocol imports zod only",
  ),
  wall(
    "src/engine",
    "^vscode|/(server|host|cli|webview|test)/",
    "the engine knows neither the editor nor its users",
  ),
  wall(
    "src/report",
    "^vscode|^node:|^koffi$|^node-llama-cpp$|/(server|host|cli|webview|test)/",
    "reports are assembled alike for server and command line",
  ),
  wall(
    "src/runs",
    "^vscode|^koffi$|^node-llama-cpp$|/(server|host|cli|webview|test)/",
    "runs are drawn and analysed alike for server and command line",
  ),
  wall(
    "src/server",
    "^vscode$|^koffi$|^node-llama-cpp$|/(host|cli|webview|test)/",
    "the server reaches models through src/engine",
  ),
  wall(
    "src/host",
    "^zod$|^koffi$|^node-llama-cpp$|/(engine|server|cli|webview|test)/",
    "the host is user interface only; of zod only its small form, which activation waits for",
  ),
  wall(
    "src/cli",
    "^vscode|^koffi$|^node-llama-cpp$|/(server|host|webview|test)/",
    "the command line reaches models through src/engine",
  ),
  wall(
    "webview",
    "^vscode|^node:|^koffi$|^node-llama-cpp$|/(engine|server|host|cli|test)/",
    "webviews run in a browser",
  ),
);
