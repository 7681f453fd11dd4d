/** Files that earlier versions have written, as they are: `N-….twinlens.json` is of version N. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRun } from "../../src/formats/parseRun";
import { modelSource, type Run } from "../../src/formats/run";
import { serializeRun } from "../../src/formats/serializeRun";
import { scoredSamples, unscored } from "../../src/jobs/runs/bits";
import { ROLES } from "../../src/protocol/roles";

const folder = join(import.meta.dirname, "../fixtures/runs");
const files = readdirSync(folder);

/** What all versions have of a side. */
interface OldSide {
  readonly model: object | null;
  readonly prompt: string;
  readonly sampler: object | null;
  readonly samples: { readonly text: string; readonly tokens: object | null }[];
  readonly alignment: object | null;
  readonly anchors: object | null;
}

interface OldRun extends Record<"rlhf" | "base", OldSide | null> {
  readonly version: number;
  readonly name: string;
  readonly prompt: string;
  readonly settings: { readonly width: number | null };
}

const read = (name: string): { before: OldRun; run: Run } => {
  const text = readFileSync(join(folder, name), "utf8");
  return { before: JSON.parse(text) as OldRun, run: parseRun(text) };
};

describe("a run file of an earlier version", () => {
  it.each(files)("is read whole: %s", (name) => {
    const { before, run } = read(name);
    // No sample depends on the width any more.
    const settings: { width?: unknown } = { ...before.settings };
    delete settings.width;
    expect(before.version).toBe(Number(name[0]));
    expect(run).toMatchObject({
      version: 4,
      about: null,
      name: before.name,
      prompt: before.prompt,
      settings,
    });
    for (const role of ROLES) {
      const [old, side] = [before[role], run[role]];
      expect(side === null).toBe(old === null);
      if (old === null) continue;
      const { model, prompt, sampler, samples, alignment, anchors } = old;
      expect(side).toMatchObject({ samples, alignment, anchors });
      if (model)
        expect(side!.source).toMatchObject({ kind: "model", role, model, prompt, sampler });
      else expect(side!.source).toEqual({ kind: "file", name: "answers.jsonl" });
    }
    expect(parseRun(serializeRun(run))).toEqual(run);
  });

  it("knows the frame of the base model's prompt, and that a chat template needs none", () => {
    const frames = (name: string) => {
      const { run } = read(`${name}.twinlens.json`);
      return [run.rlhf, run.base].map((side) => modelSource(side)?.frame);
    };
    const framed = "### Instruction:\n{prompt}\n\n### Response:\n";
    expect(frames("1-framed")).toEqual([null, framed]);
    expect(frames("2-framed")).toEqual([null, framed]);
    expect(frames("1-drawn")).toEqual([null, "{prompt}"]);
    expect(frames("2-drawn")).toEqual([null, "{prompt}"]);
  });

  it("says who has scored, as far as it was known", () => {
    const { run: drawn, before } = read("2-drawn.twinlens.json");
    for (const role of ROLES) {
      const { model, prompt } = before[role]!;
      expect(drawn.scorers[role]).toEqual({ model, prompt });
    }
    for (const name of ["1-drawn", "1-imported", "2-imported"]) {
      const { run } = read(`${name}.twinlens.json`);
      expect(run.scorers, name).toEqual({ base: null, rlhf: null });
    }
  });

  it("keeps its scores, and lacks those that it lacked", () => {
    const scoresOf = (name: string) => {
      const { rlhf } = read(`${name}.twinlens.json`).run;
      const scored = scoredSamples(rlhf!.samples);
      const missing = ROLES.map((role) => unscored(rlhf!.samples, role).length);
      const have = ROLES.map((role) => scored[role].filter((sample) => sample !== null).length);
      return ROLES.map((role, i) => [role, have[i], missing[i]]);
    };
    const ofBase = (name: string) => scoresOf(name).find(([role]) => role === "base");
    const ofRlhf = (name: string) => scoresOf(name).find(([role]) => role === "rlhf");
    // The model that drew samples did not score them then.
    for (const name of ["1-drawn", "2-drawn"]) expect(ofRlhf(name)).toEqual(["rlhf", 0, 4]);
    expect(ofBase("1-drawn")).toEqual(["base", 0, 4]);
    expect(ofBase("2-drawn")).toEqual(["base", 4, 0]);
    for (const of of [ofRlhf, ofBase]) {
      expect(of("1-imported")?.slice(1)).toEqual([0, 3]);
      expect(of("2-imported")?.slice(1)).toEqual([3, 0]);
    }
  });
});
