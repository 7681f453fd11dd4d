import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist",
      ".cache",
      "test-results",
      "node_modules",
      "models/train",
      "src/engine/child/readout/wasm",
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
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.property.name=/^show(Error|Warning|Information)Message$/]:not([arguments.0.callee.name='notificationText'])",
          message: "Notifications name the extension: show notificationText(…).",
        },
      ],
    },
  },
  // Nothing leaves the user's machine but what fetches models, where the user asks for it: no other code opens a connection.
  {
    files: ["src/**/*.ts", "webview/**/*.ts"],
    ignores: ["src/jobs/models/transfer/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(node:)?(dgram|dns|http|http2|https|net|tls)(/|$)",
              message: "Nothing opens a connection.",
            },
          ],
        },
      ],
      "no-restricted-globals": ["error", "fetch", "WebSocket", "EventSource", "XMLHttpRequest"],
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
);
