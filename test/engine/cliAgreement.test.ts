/** `twinlens score --agreement`: how far both models agree, in the table and in JSON. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatNumber } from "../../src/analysis/presentation/format";
import { type AgreementNumbers, scoreDocumentSchema } from "../../src/formats/scoreDocument";
import { twinlens } from "../support/commandLine";
import { testModel, testPair } from "../support/models";

const folder = mkdtempSync(join(tmpdir(), "twinlens-agreement-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = testPair({ name: "cli" });
const MODELS = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];
const FILES = Array.from({ length: 5 }, (_, i) => {
  const path = join(folder, `${i}.txt`);
  writeFileSync(path, `The king went to the forest on day ${i}.\n`.repeat(4 + i));
  return path;
});

type Measured = Exclude<AgreementNumbers, { notMeasured: string }>;

async function documentOf(files: readonly string[], models = MODELS) {
  const run = await twinlens(["score", ...files, ...models, "--agreement", "--format", "json"]);
  expect(run).toMatchObject({ code: 0, errors: "" });
  return scoreDocumentSchema.parse(JSON.parse(run.output));
}

describe("twinlens score --agreement", () => {
  it.each([
    [2, "blocks", "over blocks within 2 files"],
    [5, "files", "over 5 files"],
  ] as const)("of %i files draws %s, alike in table and JSON", async (count, over, drawn) => {
    const files = FILES.slice(0, count);
    const { files: texts, overall } = await documentOf(files);
    const found = texts.map(({ comparison }) => comparison!.agreement as Measured);
    expect(found.map(({ tokens }) => tokens)).toEqual(texts.map(({ rlhf }) => rlhf!.scoredTokens));
    const all = overall!.agreement as Measured;
    expect(all).toMatchObject({ over, files: count, outside: null });
    const sum = found.reduce((total, one) => total + one.baseFromRlhf.value * one.tokens, 0);
    expect(all.baseFromRlhf.value).toBeCloseTo(sum / all.tokens, 9);

    const table = await twinlens(["score", ...files, ...MODELS, "--agreement"]);
    const lines = table.output.split("\n").filter((line) => line.includes("KL(base‖RLHF)"));
    expect(lines).toHaveLength(count + 1);
    for (const [i, { baseFromRlhf, sameTop }] of [...found, all].entries()) {
      const [kl, low, high] = [baseFromRlhf.value, baseFromRlhf.low, baseFromRlhf.high].map(
        (bits) => formatNumber(bits, 3),
      );
      expect(lines[i]).toContain(`KL(base‖RLHF) ${kl} (${low} to ${high})`);
      expect(lines[i]).toContain(`same first choice ${formatNumber(100 * sameTop.value, 1)} %`);
    }
    expect(lines.at(-1)).toContain(drawn);
  });

  it("says why models of other tokenizers are not compared, and scores them", async () => {
    const spm = testModel({ name: "cli-spm", vocabulary: { kind: "spm", addBos: false } });
    const models = ["--base", pair.base, "--rlhf", spm, "--cpu", "--threads", "1"];
    const { files, overall } = await documentOf(FILES.slice(0, 2), models);
    const reason = expect.stringMatching(/^the models (begin|cut)/) as string;
    for (const { comparison } of files) {
      expect(comparison!.agreement).toEqual({ notMeasured: reason });
      expect(comparison!.paired).not.toBeNull();
    }
    expect(overall!.agreement).toEqual({ notMeasured: "fewer than two files were compared" });
    const table = await twinlens(["score", FILES[0]!, ...models, "--agreement"]);
    expect(table.code).toBe(0);
    expect(table.output).toMatch(/: agreement not measured: the models (begin|cut)/);
  });

  it("is not in what nobody asked it for, and refuses one model", async () => {
    const plain = await twinlens(["score", FILES[0]!, ...MODELS, "--format", "json"]);
    const [file] = scoreDocumentSchema.parse(JSON.parse(plain.output)).files;
    expect(file!.comparison).not.toHaveProperty("agreement");
    const one = await twinlens(["score", FILES[0]!, "--base", pair.base, "--agreement"]);
    expect(one).toMatchObject({ code: 1, output: "" });
    expect(one.errors).toContain("--agreement compares two models: give --base and --rlhf.");
  });
});
