import { defineConfig } from "vitest/config";
import { patience } from "./scripts/machineSpeed.mjs";

/** One project per kind of test; `scripts/test.mjs` runs them in order. Engine and end-to-end tests share two cores: one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: patience(5000),
          hookTimeout: patience(10_000),
          expect: { poll: { timeout: patience(1000) } },
        },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          globalSetup: "test/support/buildOnce.ts",
          fileParallelism: false,
          testTimeout: patience(120_000),
          hookTimeout: patience(120_000),
          expect: { poll: { timeout: patience(1000) } },
        },
      },
      {
        test: {
          name: "webview",
          include: ["test/webview/**/*.test.ts"],
          globalSetup: "test/support/buildOnce.ts",
          fileParallelism: false,
          testTimeout: patience(60_000),
          hookTimeout: patience(60_000),
          expect: { poll: { timeout: patience(1000) } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/support/buildOnce.ts",
          fileParallelism: false,
          testTimeout: patience(300_000),
          hookTimeout: patience(300_000),
          // A workbench answers when it is ready; how soon has nothing to do with the extension.
          expect: { poll: { timeout: patience(90_000), interval: 100 } },
        },
      },
    ],
  },
});
