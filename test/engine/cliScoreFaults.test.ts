/** Several texts, of which some can't be read or scored: the others are scored completely, in every format. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { parseScoreArguments } from "../../src/cli/arguments/arguments";
import { scoreFiles } from "../../src/cli/commands/score";
import { scoreDocumentSchema } from "../../src/formats/scoreDocument";
import { withoutAdapter } from "../../src/protocol/modelIdentity";
import { testPair } from "../support/models";
import { enginesOf } from "../support/processes";

const folder = mkdtempSync(join(tmpdir(), "twinlens-score-faults-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = testPair({ name: "cli-faults" });
const CHOSEN = { base: withoutAdapter(pair.base), rlhf: withoutAdapter(pair.rlhf) };
const MODELS = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Runs the command in this process; `onMessage` sees what a terminal gets, progress included. */
async function score(args: readonly string[], onMessage: (message: string) => void = () => {}) {
  let output = "";
  let messages = "";
  const sink = (take: (text: string) => void) =>
    new Writable({
      write(chunk: Buffer, _, done) {
        take(chunk.toString());
        done();
      },
    });
  const terminal = sink((text) => {
    messages += text;
    onMessage(text);
  });
  const options = parseScoreArguments([...args, ...MODELS]);
  const code = await scoreFiles(options, CHOSEN, {
    version: "1.2.3",
    engineScript: resolve("dist/engine.mjs"),
    gpuFolder: null,
    input: Readable.from([]),
    output: sink((text) => (output += text)),
    messages: Object.assign(terminal, { isTTY: true, columns: 1000 }),
    environment: {},
    signal: new AbortController().signal,
  });
  const lines = messages.split(/[\r\n]/u).filter((line) => line.includes("twinlens: "));
  // eslint-disable-next-line no-control-regex -- progress is erased before a message
  return { code, output, errors: lines.map((line) => line.replace(/^\u001b\[2K/u, "")) };
}

const SENTENCE = "The fox went to the forest and asked the bird. ";

describe("twinlens score with bad texts among good ones", () => {
  const good = [write("one.txt", SENTENCE.repeat(12)), write("two.txt", SENTENCE.repeat(15))];
  const missing = join(folder, "missing.txt");
  const directory = join(folder, "directory");
  mkdirSync(directory);
  const short = write("short.txt", "Too short.");
  const windows = ["--compatible", "--window", "64"];

  it.each(["table", "text", "json", "csv"])(
    "names these and writes those as %s",
    async (format) => {
      const files = [missing, good[0]!, short, directory, good[1]!];
      const run = await score([...files, ...windows, "--format", format]);
      expect(run.code).toBe(1);
      // For a table every file is read when its turn comes, else all are before any is scored.
      expect(run.errors.toSorted()).toEqual([
        expect.stringMatching(/^twinlens: .*directory: EISDIR/),
        expect.stringMatching(/^twinlens: .*missing\.txt: ENOENT/),
        expect.stringMatching(/^twinlens: .*short\.txt: .*at least 128 tokens/),
      ]);
      for (const bad of [missing, short, directory]) expect(run.output).not.toContain(bad);
      for (const file of good) expect(run.output).toContain(file);
      if (format === "json") {
        const { files } = scoreDocumentSchema.parse(JSON.parse(run.output));
        expect(files.map(({ name }) => name)).toEqual(good);
        for (const { base, rlhf } of files) {
          expect(base?.scoredTokens).toBeGreaterThan(60);
          expect(rlhf?.scoredTokens).toBe(base?.scoredTokens);
        }
      }
    },
  );

  it.skipIf(process.platform !== "linux").each([
    // Both models work side by side for a table, else one after the other.
    ["table", 1],
    ["json", 2],
  ] as const)("goes on with a new engine after a crash, for %s", async (format, crashes) => {
    const long = write("long.txt", SENTENCE.repeat(20_000));
    const killed = new Set<number>();
    const files = [good[0]!, long, good[1]!];
    const run = await score([...files, "--format", format], (message) => {
      if (!message.includes("long.txt") || message.includes("twinlens: ")) return;
      for (const engine of enginesOf(process.pid)) {
        if (killed.has(engine)) continue;
        killed.add(engine);
        process.kill(engine, "SIGKILL");
      }
    });
    expect(run.code).toBe(1);
    expect(run.errors).toEqual([
      expect.stringMatching(/^twinlens: .*long\.txt: The engine stopped \(SIGKILL\)/),
    ]);
    for (const file of good) expect(run.output).toContain(file);
    expect(run.output).not.toContain("long.txt");
    if (format === "json") {
      const document = scoreDocumentSchema.parse(JSON.parse(run.output));
      for (const { base, rlhf } of document.files) {
        expect(base?.scoredTokens).toBe(base?.tokens);
        expect(rlhf?.scoredTokens).toBe(rlhf?.tokens);
      }
    }
    expect(killed.size).toBe(crashes);
    expect(enginesOf(process.pid)).toEqual([]);
  });
});
