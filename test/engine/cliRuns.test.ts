import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { serializeRun } from "../../src/formats/serializeRun";
import { testModel, testPair } from "../support/models";

const folder = mkdtempSync(join(tmpdir(), "twinlens-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = testPair({ name: "cli-runs" });
const MODELS = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];
const hasMafft = spawnSync("mafft", ["--version"]).error === undefined;
const SMALL = ["--samples-per-prompt", "8", "--max-tokens", "20", "--width", "4"];

/** Runs the built command as a user does. */
function twinlens(...args: string[]) {
  const child = spawn(process.execPath, [resolve("dist/twinlens.mjs"), ...args]);
  child.stdin.end();
  return new Promise<{ code: number | null; output: string; errors: string }>((done) => {
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("close", (code) => done({ code, output, errors }));
  });
}

interface Drawn {
  readonly prompt: string;
  readonly role: string;
  readonly promptSent: string;
  readonly samples: readonly string[];
}

const parse = (output: string) =>
  output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Drawn);

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("twinlens sample", () => {
  it("draws both models' samples, the same for the same seed", async () => {
    const run = await twinlens("sample", "--prompt", "Once upon", ...MODELS, ...SMALL);
    expect(run).toMatchObject({ code: 0, errors: "" });
    const [base, rlhf] = parse(run.output);
    expect(rlhf).toMatchObject({ prompt: "Once upon", role: "rlhf" });
    expect(rlhf?.promptSent).toBe("<s><|user|>\nOnce upon</s>\n<|assistant|>\n");
    expect(base).toMatchObject({ role: "base", promptSent: "<s>Once upon" });
    for (const drawn of [rlhf, base]) expect(new Set(drawn?.samples).size).toBeGreaterThan(4);

    const again = await twinlens("sample", "--prompt", "Once upon", ...MODELS, ...SMALL);
    expect(again.output).toBe(run.output);
    const greedy = await twinlens(
      "sample",
      ...["--prompt", "Once upon", "--temperature", "0.5", "--top-k", "1"],
      ...MODELS,
      ...SMALL,
    );
    for (const { samples } of parse(greedy.output)) expect(new Set(samples).size).toBe(1);
    const cold = ["--prompt", "Once upon", "--temperature", "0", "--top-p", "0.5", "--seed", "2"];
    const coldest = await twinlens("sample", ...cold, ...MODELS, ...SMALL);
    expect(coldest).toMatchObject({ code: 0, output: greedy.output });
    expect(coldest.errors).toMatch(/^twinlens: At --temperature 0 all samples .* are equal.*\n$/);
    const other = ["--seed", "2", "--instruction-frame"];
    const seeded = await twinlens("sample", "--prompt", "Once upon", ...MODELS, ...SMALL, ...other);
    const [framed] = parse(seeded.output);
    expect(framed?.promptSent).toBe("<s>### Instruction:\nOnce upon\n\n### Response:\n");
    expect(framed?.samples).not.toEqual(base?.samples);
  });

  it("goes on where a kept run was left, and says so in its file", async () => {
    const runs = join(folder, "kept");
    const args = ["sample", "--prompt", "The fox", ...MODELS, ...SMALL, "--runs", runs];
    const whole = await twinlens(...args);
    expect(whole).toMatchObject({ code: 0, errors: "" });
    const [name] = readdirSync(runs);
    const file = join(runs, name!);
    const run = parseRun(readFileSync(file, "utf8"));
    expect(run.settings).toEqual({ samples: 8, seed: 1, maxTokens: 20, resumed: false });
    expect(run.rlhf?.source).toMatchObject({
      role: "rlhf",
      frame: null,
      model: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      sampler: { topP: 0.9 },
    });
    expect(run.base?.source).toMatchObject({ role: "base", frame: "{prompt}" });

    run.rlhf!.samples = run.rlhf!.samples.filter(({ index }) => index % 3 !== 0);
    run.base!.samples[5]!.text = "kept as it is";
    writeFileSync(file, serializeRun(run));
    const [base, rlhf] = parse((await twinlens(...args)).output);
    expect(rlhf?.samples).toHaveLength(8);
    expect(base?.samples[5]).toBe("kept as it is");
    const resumed = parseRun(readFileSync(file, "utf8"));
    expect(resumed.settings.resumed).toBe(true);
    expect(resumed.rlhf?.samples.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(readdirSync(runs)).toEqual([name]);

    // Fewer are the first of them, and the file keeps all.
    const few = await twinlens(...args, "--samples-per-prompt", "3");
    expect(parse(few.output)[1]?.samples).toEqual(rlhf?.samples.slice(0, 3));
    expect(parseRun(readFileSync(file, "utf8")).rlhf?.samples).toHaveLength(8);
  });

  it("keeps what is finished when it fails later", async () => {
    const runs = join(folder, "failing");
    const prompts = write("prompts.jsonl", '{"turns": ["Hi"]}\n{"prompt": ""}\n');
    const bare = testModel({ name: "cli-no-bos", vocabulary: { kind: "byte", addBos: false } });
    const args = ["--base", bare, "--cpu", "--threads", "1", ...SMALL, "--runs", runs];
    const run = await twinlens("sample", "--prompts", prompts, ...args);
    expect(run).toMatchObject({ code: 1, output: "" });
    expect(run.errors).toMatch(/^twinlens: The prompt is empty/);
    const kept = readdirSync(runs).map((name) => parseRun(readFileSync(join(runs, name), "utf8")));
    expect(kept.map(({ prompt, base }) => [prompt, base?.samples.length])).toEqual([["Hi", 8]]);
  });

  it("makes the RLHF model's prompt from its options", async () => {
    const template = write(
      "own.jinja",
      "{{ mood }}{% for m in messages %}|{{ m.content }}{% endfor %}",
    );
    const run = await twinlens(
      "sample",
      ...["--prompt", "Once upon", "--system", "Be brief.", "--template", template],
      ...["--template-variables", '{"mood": "glad"}'],
      ...MODELS,
      ...SMALL,
    );
    expect(run).toMatchObject({ code: 0, errors: "" });
    const [base, rlhf] = parse(run.output);
    expect(rlhf?.promptSent).toBe("<s>glad|Be brief.|Once upon");
    expect(base?.promptSent).toBe("<s>Once upon");
  });

  it.each([
    [
      "a template that refuses",
      [
        ...["--rlhf", pair.rlhf, "--prompt", "Hi"],
        ...["--template", write("refusing.jinja", "{{ raise_exception('Not today!') }}")],
      ],
      /The chat template of .* failed: Not today!/,
    ],
    [
      "a template that is not there",
      ["--rlhf", pair.rlhf, "--prompt", "Hi", "--template", join(folder, "none.jinja")],
      /template can't be read: ENOENT/,
    ],
    [
      "a model without a chat template",
      ["--rlhf", pair.base, "--prompt", "Hi"],
      /no chat template/,
    ],
    [
      "a prompt longer than the context",
      ["--base", pair.base, "--prompt", "fox ".repeat(600)],
      /context of 512\. Shorten the prompt/,
    ],
    ["a file that is not there", ["--prompts", join(folder, "none")], /ENOENT/],
  ])("names %s", async (_, args, message) => {
    const run = await twinlens("sample", "--cpu", "--threads", "1", ...SMALL, ...args);
    expect(run).toMatchObject({ code: 1, output: "" });
    expect(run.errors).toMatch(message);
    expect(run.errors.trimEnd().split("\n")).toHaveLength(1);
  });

  it("tells wrong usage from failure", async () => {
    const run = await twinlens("sample", "--prompt", "Hi", "stray");
    expect(run.code).toBe(2);
    expect(run.errors).toContain('"stray" is not expected');
  });
});

const SENTENCE = "First of all, it depends on what you are looking for";
const imported = () =>
  write(
    "samples.jsonl",
    `${JSON.stringify({ prompt: "How?", samples: [1, 2, 3, 4].map((n) => `${SENTENCE} ${n}`) })}\n`,
  );

describe("twinlens align", () => {
  it("aligns samples from a file, and names a line it can't read", async () => {
    const run = await twinlens("align", imported());
    expect(run).toMatchObject({ code: 0, errors: "" });
    expect(run.output.trimEnd().split("\n")).toHaveLength(5);
    const broken = await twinlens("align", write("broken.jsonl", '{"samples": ["a"]}\n{"sam'));
    expect(broken).toMatchObject({ code: 1, errors: "twinlens: Line 2 is not valid JSON.\n" });
  });
});

describe("twinlens anchors", () => {
  it("finds the anchors of samples from a file, without a model", async () => {
    const run = await twinlens("anchors", "--samples", imported(), "--format", "json");
    expect(run).toMatchObject({ code: 0, errors: "" });
    expect(JSON.parse(run.output)).toMatchObject({
      format: "twinlens-anchors",
      prompts: [
        {
          prompt: "How?",
          rlhf: {
            model: null,
            generations: 4,
            anchors: [{ text: `${SENTENCE} `, column: 0, generations: 4, share: 1 }],
          },
        },
      ],
      averages: { rlhf: { prompts: 1 }, base: null },
    });
  });

  it("draws, aligns and averages over prompts", async () => {
    const prompts = write("two.jsonl", '{"turns": ["How?"]}\n{"turns": ["What?"]}\n');
    const args = ["--prompts", prompts, "--runs", join(folder, "anchors"), ...MODELS, ...SMALL];
    const json = await twinlens("anchors", ...args, "--format", "json");
    expect(json).toMatchObject({ code: 0, errors: "" });
    const { prompts: found, averages } = JSON.parse(json.output) as {
      prompts: { rlhf: { generations: number }; base: { model: { name: string } } }[];
      averages: { rlhf: { prompts: number }; base: { prompts: number; diversity: number[] } };
    };
    expect(found.map(({ rlhf }) => rlhf.generations)).toEqual([8, 8]);
    expect(found[0]?.base.model.name).toBe("cli-runs-base");
    expect(averages).toMatchObject({ rlhf: { prompts: 2 }, base: { prompts: 2 } });
    expect(averages.base.diversity[0]).toBeGreaterThan(0);
    expect(averages.base.diversity[0]).toBeLessThanOrEqual(1);

    // The second call draws nothing: it only reads the folder.
    const html = await twinlens("anchors", ...args, "--format", "html");
    expect(html).toMatchObject({ code: 0, errors: "" });
    expect(html.output).toMatch(/^<!DOCTYPE html>/);
  });

  it("scores samples under both models and keeps all that it finds, as the editor does", async () => {
    const runs = join(folder, "scored");
    const args = ["anchors", "--prompt", "The bird", ...MODELS, ...SMALL, "--runs", runs];
    const unscored = await twinlens(...args, "--no-bits", "--format", "json");
    expect(unscored).toMatchObject({ code: 0, errors: "" });
    const file = join(runs, readdirSync(runs)[0]!);
    expect(parseRun(readFileSync(file, "utf8"))).toMatchObject({
      rlhf: { samples: Array.from({ length: 8 }, () => ({ scored: { base: null } })) },
    });
    const first = await twinlens(...args, "--format", "json");
    expect(first).toMatchObject({ code: 0, errors: "" });
    const text = readFileSync(file, "utf8");
    const run = parseRun(text);
    for (const role of ["base", "rlhf"] as const) {
      const drawn = run[role]!;
      expect(drawn.samples.every(({ scored }) => scored.base && scored.rlhf)).toBe(true);
      expect(drawn).toMatchObject({ ngrams: { unit: "tokens" }, mafft: null });
      expect(drawn.alignment?.rows).toHaveLength(8);
      expect(drawn.anchors?.options.order).toBe("mass");
    }
    // What is there is neither found nor written anew.
    const { mtimeMs } = statSync(file);
    const again = await twinlens(...args, "--format", "json");
    expect(again).toMatchObject({ code: 0, errors: "" });
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    // Fewer samples are looked at by themselves, and the file keeps what was found in all.
    const few = await twinlens(...args, "--samples-per-prompt", "3", "--format", "json");
    const { prompts } = JSON.parse(few.output) as { prompts: { rlhf: { generations: number } }[] };
    expect(prompts[0]?.rlhf.generations).toBe(3);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it.skipIf(!hasMafft)("aligns with MAFFT as well where it is named", async () => {
    const runs = join(folder, "mafft");
    const drawn = ["anchors", "--prompt", "Once", ...MODELS, ...SMALL, "--runs", runs];
    const json = await twinlens(...drawn, "--mafft", "mafft", "--format", "json");
    expect(json).toMatchObject({ code: 0, errors: "" });
    const { prompts } = JSON.parse(json.output) as {
      prompts: { rlhf: { mafft: { overlap: number[] } } }[];
    };
    expect(prompts[0]?.rlhf.mafft.overlap).toHaveLength(100);
    const run = parseRun(readFileSync(join(runs, readdirSync(runs)[0]!), "utf8"));
    expect(run.base?.mafft?.rows).toHaveLength(8);
    const page = await twinlens(...drawn, "--format", "html");
    expect(page.output.match(/"type":"anchors","role":"rlhf","aligner":"mafft"/g)).toHaveLength(1);
  });

  it("tells how diverse the samples of several nuclei are, as one run of each does", async () => {
    const prompts = write("three.jsonl", '{"turns": ["How?"]}\n{"turns": ["Where?"]}\n');
    const args = ["--prompts", prompts, "--runs", join(folder, "nuclei"), ...MODELS, ...SMALL];
    const table = await twinlens("anchors", ...args, "--top-p", "0.1,0.9,1");
    expect(table).toMatchObject({ code: 0, errors: "" });
    const lines = table.output.trimEnd().split("\n");
    expect(lines[0]).toBe("Different / all n-grams (tokens) of 8 samples, mean over 2 prompts:");
    expect(lines[1]).toMatch(/^p +model +1-gram +2-gram +3-gram +4-gram/);
    const cells = lines.slice(2).map((line) => line.trim().split(/ {2,}/u));
    expect(cells.map((row) => row.slice(0, 2))).toEqual(
      ["base", "RLHF"].flatMap((model) => ["0.1", "0.9", "1"].map((topP) => [topP, model])),
    );
    // A narrow nucleus repeats itself.
    for (const first of [0, 3]) {
      expect(Number(cells[first]![5])).toBeLessThan(Number(cells[first + 2]![5]));
    }
    // These read the folder: nothing is drawn again.
    const json = await twinlens("anchors", ...args, "--top-p", "0.1,0.9,1", "--format", "json");
    const { rows } = JSON.parse(json.output) as {
      rows: { topP: number; role: string; diversity: number[] }[];
    };
    const one = await twinlens("anchors", ...args, "--top-p", "0.9", "--format", "json");
    const { averages } = JSON.parse(one.output) as {
      averages: Record<string, { diversity: number[] }>;
    };
    for (const role of ["rlhf", "base"]) {
      const row = rows.find((row) => row.role === role && row.topP === 0.9);
      expect(row?.diversity).toEqual(averages[role]?.diversity);
    }
    expect(readdirSync(join(folder, "nuclei"))).toHaveLength(6);
  });
});
