/**
 * Imports a file of 80,000 lines, a sample each, as the editor does it, and asks for hovers meanwhile. Prints times beside
 * that of parsing the same lines as JSON, and how long hovers took before and during it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DocumentRequest } from "../../src/protocol/documents";
import { RunRequest } from "../../src/protocol/runs";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";
import { median, printTable } from "./table";

const LINES = 80_000;
const PER_PROMPT = 100;
const URI = "file:///hovered.md";

const folder = mkdtempSync(join(tmpdir(), "twinlens-imports-"));
const path = join(folder, "samples.jsonl");
const text = "The fox went to the forest, and asked the bird for the way to the river.";
const record = (i: number) =>
  JSON.stringify({ prompt: `How ${Math.floor(i / PER_PROMPT)}?`, completion: `${text} ${i}` });
writeFileSync(path, Array.from({ length: LINES }, (_, i) => record(i)).join("\n"));

const [base, rlhf] = ["base", "rlhf"].map((role) => resolve(`models/twin-${role}.gguf`));
const client = await ServerClient.start(configurationOf({ base: base!, rlhf: rlhf! }));
try {
  client.open(URI, readFileSync(resolve("sample/night-ferry.md"), "utf8").slice(0, 2000));
  await client.request(DocumentRequest.highlight, wholeOf(URI));
  const before = await hovers(async () => sleep(2000));
  const file = { path, name: "samples.jsonl", encoding: null };
  const times: (readonly [string, number])[] = [];
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    times.push([name, performance.now() - start]);
    return result;
  };
  await timed("JSON.parse of each line", () =>
    Promise.resolve(
      readFileSync(path, "utf8")
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ),
  );
  const during = await hovers(async () => {
    const survey = (await timed("looked at", () =>
      client.request(RunRequest.surveySamples, file),
    ))!;
    const sides = { base: null, rlhf: survey.groups[0]! };
    const runs = survey.prompts.map((_, prompt) => ({
      prompt,
      file: join(folder, "runs", `${prompt}.twinlens.json`),
    }));
    await timed(`written as ${runs.length} runs`, () =>
      client.request(RunRequest.importSamples, { file, sides, runs }),
    );
  });
  printTable(
    ["import of 80,000 lines", "s"],
    times.map(([name, ms]) => [name, (ms / 1000).toFixed(2)]),
  );
  console.log();
  const row = (name: string, ms: readonly number[]) =>
    [name, ms.length, median(ms).toFixed(0), Math.max(...ms).toFixed(0)] as const;
  printTable(
    ["hover", "asked", "median ms", "longest ms"],
    [row("before", before), row("meanwhile", during)],
  );
} finally {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds that each hover took while the work was done. */
async function hovers(work: () => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  let isDone = false;
  const asking = (async () => {
    while (!isDone) {
      const start = performance.now();
      await client.ask("textDocument/hover", {
        textDocument: { uri: URI },
        position: { line: 0, character: 3 },
      });
      taken.push(performance.now() - start);
      await sleep(20);
    }
  })();
  await work();
  isDone = true;
  await asking;
  return taken;
}
