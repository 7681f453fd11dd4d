import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import type { ToAnchors } from "../../src/protocol/panels";
import { RunRequest } from "../../src/protocol/runs";
import { twinlens } from "../support/commandLine";
import { testPair } from "../support/models";
import { configurationOf, ServerClient } from "../support/serverClient";

const folder = mkdtempSync(join(tmpdir(), "twinlens-empty-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Models whose first token is the end, always. */
const pair = testPair({ name: "silent", endsAtOnce: true });

describe("a run whose samples are all empty", () => {
  const file = join(folder, "run.twinlens.json");
  let client: ServerClient;
  beforeAll(async () => {
    client = await ServerClient.start(configurationOf(pair, { samples: 6, maxTokens: 20 }));
    await client.request(RunRequest.start, { id: "run", prompt: "Once upon a time", file });
    await over("run");
  });
  afterAll(() => client.stop());

  const said = <T extends ToAnchors["type"]>(id: string, type: T) =>
    client.said.runs
      .filter((said) => said.id === id)
      .map(({ message }) => message)
      .filter((message): message is Extract<ToAnchors, { type: T }> => message.type === type);
  const progress = (id: string) => said(id, "progress").at(-1)?.progress;
  const over = (id: string) =>
    client.until(() => ["done", "stopped"].includes(progress(id)?.kind ?? ""));

  it("ends like any other, and its panel gets all of it", () => {
    expect(progress("run")).toEqual({ kind: "done" });
    expect(said("run", "error")).toEqual([]);
    for (const role of ["base", "rlhf"] as const) {
      const samples = said("run", "samples").filter((message) => message.role === role);
      expect(samples.at(-1)?.samples.map(({ text }) => text)).toEqual(Array(6).fill(""));
      const anchors = said("run", "anchors").filter((message) => message.role === role);
      expect(anchors.at(-1)?.anchors.anchors).toEqual([]);
    }
  });

  it("is kept, and opens again without being drawn", async () => {
    const text = readFileSync(file, "utf8");
    const run = parseRun(text);
    for (const role of ["base", "rlhf"] as const) {
      expect(run[role]?.samples.map(({ index, ended }) => [index, ended])).toEqual(
        [0, 1, 2, 3, 4, 5].map((index) => [index, "end"]),
      );
      expect(run[role]?.alignment).toMatchObject({ columns: 0, hitBudget: false });
    }
    await client.request(RunRequest.open, { id: "again", text, file });
    await over("again");
    expect(progress("again")).toEqual({ kind: "done" });
    expect(said("again", "alignment")).toHaveLength(2);
    await client.request(RunRequest.resume, { id: "again" });
    await over("again");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it.each(["table", "json"])("is what `twinlens anchors` shows as %s", async (format) => {
    const models = ["--base", pair.base, "--rlhf", pair.rlhf, "--cpu", "--threads", "1"];
    const drawn = ["--prompt", "Once", "--samples-per-prompt", "4", "--max-tokens", "8"];
    const run = await twinlens(["anchors", ...models, ...drawn, "--format", format]);
    expect(run).toMatchObject({ code: 0, errors: "" });
    expect(run.output).not.toMatch(/NaN|undefined/);
    if (format === "table") expect(run.output.match(/no anchor in 4 samples/g)).toHaveLength(2);
  });
});
