/** `twinlens check` as a user and a workflow run it. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { serializeResult } from "../../src/formats/study/studyResult";
import { twinlens } from "../support/commandLine";
import { testPair } from "../support/models";
import { inventedResult } from "../support/studyResult";

const folder = mkdtempSync(join(tmpdir(), "twinlens-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe("twinlens check", () => {
  const results = write("invented.twinlens-results.json", serializeResult(inventedResult()));
  const check = (...args: string[]) => twinlens(["check", ...args]);

  it("ends with 0 where every threshold is kept, and says what was tested", async () => {
    const { code, errors, output } = await check(
      results,
      ...["--fail-if", "increase > 1000", "--fail-if", "ece{corpus=C4} > 100"],
    );
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toContain(
      "increase > 1000: kept by 4 numbers.\n  twins, rlhf, C4, against base",
    );
    expect(output).toContain("ece{corpus=C4} > 100: kept by 3 numbers.\n");
  });

  it("ends with 3 where one is exceeded, in every format", async () => {
    const args = [results, "--fail-if", "increase > 1000", "--fail-if", "increase > -100"];
    const xml = join(folder, "out.xml");
    const github = await check(...args, "--format", "github", "--junit", xml);
    expect(github).toMatchObject({ code: 3, errors: "" });
    expect(github.output).toMatch(/^::notice .*\n::error title=.*::increase > -100: exceeded by /u);
    const junit = await check(...args, "--format", "junit");
    expect(junit.code).toBe(3);
    expect(junit.output).toBe(readFileSync(xml, "utf8"));
    expect((await check(...args)).code).toBe(3);
  });

  it("ends with 1 where something could not be read or tested", async () => {
    const nothing = await check(results, "--fail-if", "increase{corpus=C5} > 1");
    expect(nothing.code).toBe(1);
    expect(nothing.output).toContain("nothing matched");
    const missing = await check(join(folder, "none.json"), "--list");
    expect(missing).toMatchObject({ code: 1, output: "" });
    expect(missing.errors).toMatch(/none\.json: there is no such file\.\n$/u);
    const other = await check(write("other.json", "{}"), "--fail-if", "increase > 1");
    expect(other.code).toBe(1);
    expect(other.errors).toContain("other.json\nThese are no results of a Twinlens study.");
  });

  it("ends with 2 where it is called wrongly, and says what is wrong", async () => {
    const { code, errors, output } = await check(results, "--fail-if", "incraese > 20");
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain('character 1: there is no quantity "incraese"; there are increase,');
    expect((await check(results)).code).toBe(2);
  });

  it("wants of a study all that it asks for, and nothing else", async () => {
    const study = (name: string, corpora: string[]) =>
      write(
        `${name}.twinlens-study.yaml`,
        JSON.stringify({
          version: 1,
          corpora: corpora.map((corpus) => ({ name: corpus, paths: "x" })),
          measures: ["perplexity"],
        }),
      );
    const of = ["--fail-if", "increase > 1000"];
    const whole = await check(study("invented", ["HH"]), ...of);
    expect(whole.code).toBe(0);
    expect(whole.output).toContain("kept by 2 numbers");
    const more = study("invented", ["HH", "News"]);
    const lacking = await check(more, ...of);
    expect(lacking.code).toBe(1);
    expect(lacking.output).toContain("News, twins: perplexity was not measured.");
    expect((await check(more, ...of, "--allow-incomplete")).code).toBe(0);
    const fresh = await check(study("fresh", ["HH"]), ...of);
    expect(fresh.code).toBe(1);
    expect(fresh.errors).toContain("was not measured yet");
  });

  it("lists all numbers", async () => {
    const { code, output } = await check(results, "--list", "--format", "json");
    expect(code).toBe(0);
    expect(JSON.parse(output)).toContainEqual(
      expect.objectContaining({ quantity: "increase", stage: "rlhf", corpus: "HH", unit: "%" }),
    );
    expect((await check(results, "--list")).output).toMatch(/^quantity +pair +stage/u);
  });
});

describe.skipIf(process.platform === "win32")("the example workflow", () => {
  interface Workflow {
    readonly jobs: { readonly check: { readonly steps: readonly Step[] } };
  }
  interface Step {
    readonly name?: string;
    readonly run?: string;
  }
  const [study, workflow] = [
    ...readFileSync(resolve("docs/check.md"), "utf8").matchAll(/^```yaml\n(.*?)^```$/gmsu),
  ].map(([, text]) => text!);
  const { steps } = (parse(workflow!) as Workflow).jobs.check;
  const run = (name: string) =>
    spawnSync("bash", ["-e", "-c", steps.find((step) => step.name === name)!.run!], {
      cwd: folder,
      encoding: "utf8",
    });

  beforeAll(() => {
    symlinkSync(resolve("."), join(folder, "twinlens"));
    write("quality/model.twinlens-study.yaml", study!);
    const texts = ["a fox went to the river", "the king said so", "slowly a bird came", "it was"];
    const lines = [...texts, ...texts].map((text, i) => JSON.stringify({ text: `${text} ${i}` }));
    for (const name of ["news", "dialogues"]) {
      write(`quality/texts/${name}.jsonl`, lines.join("\n"));
    }
    const pair = testPair({ name: "check" });
    mkdirSync(join(folder, "quality/models"));
    cpSync(pair.base, join(folder, "quality/models/base.gguf"));
    cpSync(pair.rlhf, join(folder, "quality/models/tuned.gguf"));
  });

  it("measures, checks, and writes its report", () => {
    const measured = run("Measure");
    expect(measured.stderr).toBe("");
    expect(measured.status).toBe(0);
    const { stdout, stderr, status } = run("Check");
    // Which of the thresholds these random models keep is not the workflow's affair.
    expect(stderr).toBe("");
    expect([0, 3]).toContain(status);
    const lines = stdout.trimEnd().split("\n");
    expect(
      lines.map((line) => line.replace(/^::(?:error|notice) title=.*?::(.*?): .*$/u, "$1")),
    ).toEqual([
      "increase > 20",
      "increase.low{category=chat} > 0",
      "c1{stage=rlhf, text=given, corpus=''} > 60",
    ]);
    expect(stdout).not.toMatch(/nothing matched|could not be tested/u);
    expect(status).toBe(/^::error/mu.test(stdout) ? 3 : 0);
    expect(readFileSync(join(folder, "checks.xml"), "utf8")).toContain("<testsuites ");
  });
});

it("a study does not measure what its file does not name", async () => {
  const pair = testPair({ name: "check" });
  const file = write(
    "less.twinlens-study.yaml",
    JSON.stringify({
      version: 1,
      pairs: [{ name: "tiny", ...pair }],
      corpora: [{ name: "a", paths: write("a.txt", "a fox went") }],
      measures: ["perplexity", "own"],
    }),
  );
  for (const option of ["--only", "--measures"]) {
    const { code, errors, output } = await twinlens(["study", file, option, "own,calibration"]);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain("The study measures perplexity, own, and not calibration");
  }
});

it("a study names the results that it can't go on from", async () => {
  const file = write(
    "broken.twinlens-study.yaml",
    JSON.stringify({ version: 1, corpora: [{ name: "a", paths: write("b.txt", "a fox went") }] }),
  );
  const results = write("broken.twinlens-results.json", "{}");
  const { code, errors, output } = await twinlens(["study", file]);
  expect({ code, output }).toEqual({ code: 1, output: "" });
  expect(errors).toContain(`${results}\nThese are no results of a Twinlens study.`);
});
