import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { RunRequest } from "../../src/protocol/runs";
import { ALL_SAMPLES, type SamplesFile } from "../../src/protocol/sampleFiles";
import { importedText } from "../support/importedSamples";
import { testPair } from "../support/models";
import { configurationOf, ServerClient } from "../support/serverClient";

const PROMPTS = 30;
const STAGES = ["base", "sft", "rlhf"];

/** Three lines a prompt, one for each stage. */
const staged = Array.from({ length: PROMPTS }, (_, prompt) =>
  STAGES.map((stage) =>
    JSON.stringify({
      prompt: `How ${prompt}?`,
      stage,
      samples: [`${stage} one`, `${stage} two`].map((text) => ({ text, model: "m" })),
    }),
  ),
).flat();

let folder: string;
let client: ServerClient;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "twinlens-sample-files-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  client = await ServerClient.start(configurationOf(testPair({ name: "sampleFiles" })));
});
afterEach(() => client.stop());

function write(name: string, content: string | Uint8Array, encoding: string | null = null) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, name, encoding };
}
const survey = (file: SamplesFile) => client.request(RunRequest.surveySamples, file);
const saved = (file: string) => parseRun(readFileSync(file, "utf8"));

describe("a file of samples", () => {
  it("is looked at: its prompts, and the stages that its records name", async () => {
    const found = (await survey(write("staged.jsonl", staged.join("\n"))))!;
    expect(found.prompts).toHaveLength(PROMPTS);
    expect(found.prompts[3]).toEqual({ prompt: "How 3?", samples: 6 });
    expect(found.groups.map(({ stage, samples, prompts }) => [stage, samples, prompts])).toEqual([
      ...STAGES.map((stage) => [stage, 60, 30]),
      [null, 180, 30],
    ]);
    expect(found.named).toMatchObject({ base: { stage: "base" }, rlhf: { stage: "rlhf" } });
    expect(found.fault).toBeNull();
  });

  it("becomes a run for each chosen prompt, each stage in the place that it was given", async () => {
    const file = write("staged.jsonl", staged.join("\n"));
    const sides = {
      base: { stage: "base", model: null },
      rlhf: { stage: "sft", model: null },
    };
    const runs = [2, 7].map((prompt) => ({ prompt, file: join(folder, "set", `${prompt}.json`) }));
    await client.request(RunRequest.importSamples, { file, sides, runs });
    const [first, second] = runs.map((run) => saved(run.file));
    expect([first!.name, second!.name]).toEqual(["How 2?", "How 7?"]);
    expect(first!.base!.source).toEqual({ kind: "file", name: "staged.jsonl", of: "base" });
    expect(first!.rlhf!.samples.map(({ text }) => text)).toEqual(["sft one", "sft two"]);
  });

  it("may be UTF-16, or what the user says, and tells of bytes that mean nothing", async () => {
    const record = JSON.stringify({ prompt: "Où?", samples: ["là"] });
    const utf16 = Buffer.from(`\ufeff${record}`, "utf16le");
    expect(await survey(write("utf16.jsonl", utf16))).toMatchObject({
      prompts: [{ prompt: "Où?" }],
      fault: null,
    });
    const latin1 = write("latin1.jsonl", Buffer.from(record, "latin1"));
    expect((await survey(latin1))!.fault).toContain("latin1.jsonl is not valid UTF-8: line 1");
    const told = await survey({ ...latin1, encoding: "windows-1252" });
    expect(told).toMatchObject({ prompts: [{ prompt: "Où?" }], fault: null });
  });

  it("may be a run's", async () => {
    expect(await survey(write("run.json", importedText("How?", ["a"])))).toBeNull();
  });

  it("is refused with the place of what can't be read, or that it is not there", async () => {
    const bad = write("bad.jsonl", `${staged[0]}\n{"prompt": "q"}`);
    await expect(survey(bad)).rejects.toThrow("Line 2 holds no samples");
    await expect(survey({ ...bad, path: join(folder, "none") })).rejects.toThrow("ENOENT");
  });
});

describe("the other model's samples", () => {
  const samplesFile = () => write("staged.jsonl", staged.join("\n"));
  const group = { stage: "rlhf", model: null };
  const add = (run: string) =>
    client.request(RunRequest.addSamples, {
      run,
      role: "rlhf",
      file: samplesFile(),
      prompt: 3,
      group,
    });

  it("are added to a run that is closed, once", async () => {
    const { path } = write("closed.twinlens.json", importedText("How 3?", ["base one"], "base"));
    await add(path);
    expect(saved(path).rlhf!.samples.map(({ text }) => text)).toEqual(["rlhf one", "rlhf two"]);
    expect(saved(path).settings.samples).toBe(2);
    await expect(add(path)).rejects.toThrow("The run has samples of RLHF.");
  });

  it("are added to a run that is open, and aligned", async () => {
    const text = importedText("How 3?", ["base one", "base two"], "base");
    const { path } = write("open.twinlens.json", text);
    await client.request(RunRequest.open, { id: "run", text, file: path });
    const said = (type: string, role: string) =>
      client.said.runs.some(
        ({ message }) => message.type === type && "role" in message && message.role === role,
      );
    await client.until(() => said("anchors", "base"));
    await add(path);
    await client.until(() => said("anchors", "rlhf"));
    await client.until(() => (saved(path).rlhf?.alignment ?? null) !== null);
    expect(saved(path).base!.samples).toHaveLength(2);
  });

  it("are refused where the file has changed", async () => {
    const { path } = write("changed.twinlens.json", importedText("How?", ["a"], "base"));
    const file = write("short.txt", "a\nb\n");
    const params = { run: path, role: "rlhf" as const, file, prompt: 5, group: ALL_SAMPLES };
    await expect(client.request(RunRequest.addSamples, params)).rejects.toThrow("has changed");
  });
});
