import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json";

const GUIDES = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs/check.md",
  "docs/definitions.md",
];
/** ARCHITECTURE shortens the paths of files below these. */
const SHORTENED = [
  "",
  ...["src", "src/engine", "src/engine/child/llama", "src/formats"],
  ...["src/jobs/runs", "src/jobs/scoring", "src/protocol"],
];
/** Options of other programs. */
const FOREIGN_OPTIONS = ["--no-save", "--project", "--text"];

const sources = ["src", "webview", "test", "scripts"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => read(join(entry.parentPath, entry.name))),
);
const code = sources.join("\n");

describe.each(GUIDES)("%s", (guide) => {
  const text = read(guide);
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, quote]) => quote!);

  it("links to what is there", () => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path, heading] = target!.split("#");
      const file = path ? join(dirname(guide), path) : guide;
      expect(existsSync(file), target).toBe(true);
      if (heading !== undefined) expect(headings(file).map(toAddress)).toContain(heading);
    }
  });

  it("names files that exist", () => {
    for (const name of quoted) {
      const isPath = /^[\w.]+(\/[\w.]+)+\/?$/.test(name) || /^\w+\.(ts|mjs|json|md)$/.test(name);
      if (!isPath || /^(?:test-results|dist)\//u.test(name)) continue;
      const isThere = SHORTENED.some((folder) => existsSync(join(folder, name)));
      expect(isThere, name).toBe(true);
    }
  });

  it("names scripts, settings and options that exist", () => {
    const settings = manifest.contributes.configuration.flatMap(({ properties }) =>
      Object.keys(properties),
    );
    for (const [, script] of text.matchAll(/npm run ([\w:]+)/g)) {
      expect(Object.keys(manifest.scripts)).toContain(script);
    }
    for (const [, setting] of text.matchAll(/`(twinlens\.\w+)/g)) {
      expect(settings).toContain(setting);
    }
    for (const [option] of text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) {
      if (!FOREIGN_OPTIONS.includes(option)) expect(code.includes(option), option).toBe(true);
    }
  });

  it("names what the code declares", () => {
    for (const name of quoted) {
      if (!/^(?=.*[a-z_])(?=.*[A-Z])\w+$/.test(name)) continue;
      expect(new RegExp(`\\b${name}\\b`).test(code), name).toBe(true);
    }
  });
});

it("comments cite sections that the definitions have", () => {
  const cited = sources.flatMap((source) => [
    ...source.replace(/\n \* /g, " ").matchAll(/docs\/definitions\.md, "([^"]+)"/g),
  ]);
  expect(cited.length).toBeGreaterThan(0);
  for (const [, section] of cited) expect(headings("docs/definitions.md")).toContain(section);
});

it("examples are those that a test compiles", () => {
  const examples = [...read("CONTRIBUTING.md").matchAll(/^```ts\n([^`]+)```$/gm)];
  expect(examples.length).toBeGreaterThan(0);
  const tests = ["channel", "engineCalls", "surprisal", "panel"].map((name) =>
    read(`test/unit/${name}.test.ts`),
  );
  for (const [, example] of examples) {
    const parts = example!.trim().split("\n\n");
    expect(tests.filter((test) => parts.every((part) => test.includes(part)))).toHaveLength(1);
  }
});

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function headings(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
}

/** What a heading is called in links. */
function toAddress(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s-]/gu, "")
    .replaceAll(" ", "-");
}
