/**
 * The folders of the source and what the files of each may import besides their own: files of other folders (`types`: only
 * their types), single files, packages, Node's own modules. What is not named here is forbidden; a folder inside another is a
 * room of its own.
 *
 * @typedef {{ rooms: string[], types?: string[], files?: string[], packages: string[], node: boolean }} Room
 * @type {Readonly<Record<string, Room>>}
 */
export const ROOMS = {
  "src/analysis": { rooms: [], packages: [], node: false },
  "src/protocol": { rooms: [], packages: ["zod/mini"], node: false },
  "src/calls": { rooms: [], packages: [], node: false },
  "src/formats": {
    rooms: ["src/analysis", "src/protocol"],
    packages: ["yaml", "zod/mini"],
    node: false,
  },
  "src/engine": { rooms: ["src/analysis", "src/protocol"], packages: [], node: true },
  "src/engine/local": {
    rooms: ["src/calls", "src/engine"],
    types: ["src/engine/child"],
    packages: [],
    node: true,
  },
  "src/engine/child": {
    rooms: [
      "src/analysis",
      "src/protocol",
      "src/calls",
      "src/engine",
      "src/engine/child/chat",
      "src/engine/child/llama",
    ],
    packages: [],
    node: true,
  },
  "src/engine/child/chat": {
    rooms: ["src/engine", "src/engine/child/llama"],
    packages: ["@huggingface/jinja"],
    node: true,
  },
  "src/engine/child/llama": {
    rooms: ["src/analysis", "src/protocol", "src/engine", "src/engine/child"],
    packages: ["koffi", "node-llama-cpp"],
    node: true,
  },
  "src/report": {
    rooms: ["src/analysis", "src/protocol", "src/formats", "src/report/plot"],
    types: ["src/engine"],
    packages: [],
    node: false,
  },
  "src/report/plot": { rooms: ["src/analysis", "src/protocol"], packages: [], node: false },
  "src/jobs": {
    rooms: [
      "src/analysis",
      "src/protocol",
      "src/calls",
      "src/formats",
      "src/engine",
      "src/report",
      "src/jobs/corpora",
      "src/jobs/models",
    ],
    packages: ["zod"],
    node: true,
  },
  "src/jobs/corpora": {
    rooms: ["src/analysis", "src/formats", "src/engine", "src/jobs"],
    packages: ["csv-parse", "fzstd", "hyparquet", "hyparquet-compressors", "tinyglobby"],
    node: true,
  },
  "src/jobs/models": {
    rooms: ["src/analysis", "src/protocol", "src/calls", "src/formats", "src/engine", "src/jobs"],
    packages: ["tar", "undici", "zod"],
    node: true,
  },
  "src/server": {
    rooms: [
      "src/analysis",
      "src/protocol",
      "src/formats",
      "src/engine",
      "src/engine/local",
      "src/report",
      "src/jobs",
      "src/jobs/corpora",
      "src/jobs/models",
    ],
    files: ["package.json"],
    packages: ["vscode-languageserver", "vscode-languageserver-textdocument", "zod"],
    node: true,
  },
  "src/host": {
    rooms: ["src/analysis", "src/protocol"],
    packages: ["vscode", "vscode-languageclient", "zod/mini"],
    node: true,
  },
  "src/cli": {
    rooms: [
      "src/analysis",
      "src/protocol",
      "src/formats",
      "src/engine",
      "src/engine/local",
      "src/report",
      "src/jobs",
      "src/jobs/corpora",
      "src/jobs/models",
    ],
    packages: ["string-width", "zod"],
    node: true,
  },
  webview: {
    rooms: [
      "src/analysis",
      "src/protocol",
      "src/report",
      "src/report/plot",
      "webview/kit",
      "webview/charts",
      "webview/anchors/flows",
    ],
    packages: [],
    node: false,
  },
  "webview/kit": {
    rooms: ["src/protocol", "src/report/plot"],
    packages: ["@vscode/webview-ui-toolkit", "vscode-webview"],
    node: false,
  },
  "webview/charts": {
    rooms: ["src/analysis", "src/protocol", "webview/kit"],
    packages: ["chart.js"],
    node: false,
  },
  "webview/anchors/flows": {
    rooms: [
      "src/analysis",
      "src/protocol",
      "src/report",
      "webview",
      "webview/kit",
      "webview/charts",
    ],
    packages: ["d3-sankey"],
    node: false,
  },
};
