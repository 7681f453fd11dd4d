import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ANCHORS } from "../../src/analysis/samples/anchors";
import { parseRun } from "../../src/formats/parseRun";
import type { ToAnchors } from "../../src/protocol/panels";
import { DocumentRequest } from "../../src/protocol/documents";
import { RunRequest } from "../../src/protocol/runs";
import { twinlens } from "../support/commandLine";
import { testPair } from "../support/models";
import { patience } from "../support/patience";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";
import { fillDisk, hasSmallDisks, type SmallDisk, smallDisk } from "../support/smallDisk";

/** A file on a full disk, where a system has one. */
const FULL = "/dev/full";

const folder = mkdtempSync(join(tmpdir(), "twinlens-disk-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pair = testPair({ name: "disk" });
const MODELS = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];
const DRAWN = [...MODELS, "--samples-per-prompt", "4", "--max-tokens", "8", "--width", "4"];

describe.skipIf(!existsSync(FULL))("the command line on a full disk (/dev/full)", () => {
  const text = join(folder, "text.txt");
  const samples = join(folder, "samples.jsonl");
  beforeAll(() => {
    writeFileSync(text, "Once upon a time there was a fox. ".repeat(20));
    const sentences = [1, 2, 3].map((n) => `First of all, it depends on what you ask ${n}`);
    writeFileSync(samples, `${JSON.stringify({ prompt: "How?", samples: sentences })}\n`);
  });

  it.each([
    ["score", ["score", text, ...MODELS]],
    ["score --format csv", ["score", text, ...MODELS, "--format", "csv"]],
    ["sample", ["sample", "--prompt", "Once", ...DRAWN]],
    ["align", ["align", samples]],
    ["anchors --format html", ["anchors", "--samples", samples, "--format", "html"]],
  ])("%s says that its output could not be written", async (_, args) => {
    expect(await twinlens(args, { into: FULL })).toEqual({
      code: 1,
      output: "",
      errors: expect.stringMatching(
        /^twinlens: The output could not be written: ENOSPC[^\n]*\n$/,
      ) as string,
    });
  });

  it("sample --runs names the failure, and goes on from what was kept before", async () => {
    const runs = join(folder, "runs");
    const args = ["sample", "--prompt", "The fox", ...DRAWN, "--runs", runs];
    const before = await twinlens(args);
    const [name] = readdirSync(runs);
    const kept = readFileSync(join(runs, name!), "utf8");
    const more = [...args, "--samples-per-prompt", "6"];
    const failed = await twinlens(more, { largestFile: 1024 });
    expect(failed).toMatchObject({ code: 1, output: "" });
    expect(failed.errors).toMatch(/^twinlens: EFBIG[^\n]*\n$/);
    expect(readdirSync(runs)).toEqual([name]);
    expect(readFileSync(join(runs, name!), "utf8")).toBe(kept);
    const after = await twinlens(more);
    expect(after).toMatchObject({ code: 0, errors: "" });
    const samplesOf = ({ output }: typeof after) =>
      output
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { samples: string[] }).samples);
    expect(samplesOf(after).map((all) => all.slice(0, 4))).toEqual(samplesOf(before));
    expect(samplesOf(after).map((all) => all.length)).toEqual([6, 6]);
  });
});

describe.skipIf(!hasSmallDisks())("the server on a full disk (a tmpfs of its own)", () => {
  let disk: SmallDisk;
  let client: ServerClient;
  let filler: string;
  const seen = () => disk.seenFrom(client.pid);

  beforeAll(async () => {
    disk = smallDisk();
    const settings = { samples: 6, maxTokens: 12 };
    client = await ServerClient.start(configurationOf(pair, settings, disk.folder), disk.node);
    filler = fillDisk(seen());
  });
  afterAll(async () => {
    await client.stop();
    disk.remove();
  });

  const highlight = (name: string, text: string) => {
    const uri = `file:///work/${name}.txt`;
    client.open(uri, text);
    return client.request(DocumentRequest.highlight, wholeOf(uri));
  };
  const cached = () =>
    existsSync(join(seen(), "scores")) ? readdirSync(join(seen(), "scores")) : [];
  const said = <T extends ToAnchors["type"]>(type: T) =>
    client.said.runs
      .map(({ message }) => message)
      .filter((message): message is Extract<ToAnchors, { type: T }> => message.type === type);

  it("scores all the same, and leaves no half of a cached value", async () => {
    const first = await highlight("first", "Once upon a time there was a fox. ".repeat(20));
    expect(first.complete).toBe(true);
    expect(await highlight("second", "A bird asked the king. ".repeat(20))).toMatchObject({
      complete: true,
    });
    expect(client.said.messages).toEqual([]);
  });

  it("says that a run could not be saved, and shows all of it", async () => {
    mkdirSync(join(seen(), "runs"));
    const file = join(disk.folder, "runs", "run.twinlens.json");
    await client.request(RunRequest.start, { id: "run", prompt: "Once upon a time", file });
    await client.until(() => said("progress").at(-1)?.progress.kind === "done");
    expect(said("error").at(-1)?.message).toMatch(/^The run could not be saved: ENOSPC/);
    for (const role of ["base", "rlhf"] as const) {
      const last = said("samples").filter((message) => message.role === role);
      expect(last.at(-1)?.samples).toHaveLength(6);
    }
    expect(existsSync(join(seen(), "runs", "run.twinlens.json"))).toBe(false);
  });

  it("saves the run and the scores as soon as there is room", async () => {
    expect(cached().filter((name) => !name.endsWith(".scores"))).toEqual([]);
    rmSync(filler);
    const options = { ...DEFAULT_ANCHORS, minLength: 5 };
    await client.request(RunRequest.setOptions, { id: "run", options });
    const file = join(seen(), "runs", "run.twinlens.json");
    await expect.poll(() => existsSync(file), { timeout: patience(30_000) }).toBe(true);
    const run = parseRun(readFileSync(file, "utf8"));
    expect(run.rlhf?.samples).toHaveLength(6);
    expect(run.rlhf?.anchors?.options).toEqual(options);
    const before = cached().length;
    await highlight("third", "The forest was quiet. ".repeat(20));
    await expect.poll(() => cached().length, { timeout: patience(30_000) }).toBeGreaterThan(before);
  });
});
