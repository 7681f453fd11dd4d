/** Continuations of a text by the real server: against the engine's own samples, with a given token, cancelled, of long texts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, LoadedModel, Sample, SamplerSettings } from "../../src/engine/engine";
import { ContinuationRequest, type DrawParams, type Drawn } from "../../src/protocol/continuation";
import { type Role, ROLES } from "../../src/protocol/roles";
import { LOAD, startTestEngine } from "../support/engine";
import { testPair } from "../support/models";
import { patience } from "../support/patience";
import { configurationOf, ServerClient } from "../support/serverClient";

const BEFORE = "Once upon a time the fox went to the";
const PAIR = testPair();
const NUCLEI = { base: 0.7, rlhf: 0.9 };

let client: ServerClient;
let engine: Engine;
const models: Partial<Record<Role, LoadedModel>> = {};
beforeAll(async () => {
  client = await ServerClient.start(configurationOf(PAIR));
  engine = startTestEngine();
  for (const role of ROLES) models[role] = await engine.load(PAIR[role], LOAD);
});
afterAll(async () => {
  engine.dispose();
  await client.stop();
});

let drawings = 0;
const params = (changes: Partial<DrawParams> = {}): DrawParams => ({
  drawing: ++drawings,
  before: BEFORE,
  first: null,
  samples: { base: [0, 1, 2], rlhf: [0, 1, 2] },
  seed: 7,
  maxTokens: 12,
  temperature: 1,
  topP: NUCLEI,
  ...changes,
});

/** What a drawing has given, by model and number. */
function drawnBy(drawing: number, role: Role): Drawn["continuation"][] {
  return client.said.continuations
    .filter((one) => one.drawing === drawing && one.role === role)
    .map(({ continuation }) => continuation)
    .sort((a, b) => a.sample - b.sample);
}

async function draw(changes: Partial<DrawParams> = {}) {
  const asked = params(changes);
  const read = await client.request(ContinuationRequest.draw, asked);
  const of = (role: Role) => drawnBy(asked.drawing, role);
  return { read, base: of("base"), rlhf: of("rlhf") };
}

/** What the engine samples of a prompt's tokens. */
async function sampled(
  role: Role,
  prompt: Int32Array,
  numbers: readonly number[] = [0, 1, 2],
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const sampler: SamplerSettings = { temperature: 1, topK: 0, topP: NUCLEI[role], minP: 0 };
  const request = { model: models[role]!.id, prompt, samples: numbers, width: 8, maxTokens: 12 };
  await engine.sample({ ...request, seed: 7, sampler }, (sample) => samples.push(sample));
  return samples.sort((a, b) => a.index - b.index);
}

const tokensOf = (role: Role, text: string) =>
  engine.tokenizePrompt(models[role]!.id, [{ text, parseSpecial: false }]);

describe("continuations of a text", () => {
  it("are those that the engine samples of it at the same seed, each by its number", async () => {
    const drawn = await draw();
    for (const role of ROLES) {
      const tokens = await tokensOf(role, BEFORE);
      const expected = await sampled(role, tokens);
      expect(drawn[role].map(({ sample, text, ended }) => [sample, text, ended])).toEqual(
        expected.map(({ index, text, ended }) => [index, text, ended]),
      );
      expect(drawn[role].map(({ starts }) => starts.length)).toEqual(
        expected.map(({ ids }) => ids.length),
      );
      expect(new Set(drawn[role].map(({ text }) => text)).size).toBe(3);
    }
    const { base: read } = Object.fromEntries(drawn.read.map((one) => [one.role, one]));
    expect(read).toMatchObject({ isCut: false });
    const later = await draw({ samples: { base: [2], rlhf: [] } });
    expect(later.base).toEqual([drawn.base[2]]);
    expect(later.rlhf).toEqual([]);
    expect((await draw({ seed: 8 })).base).not.toEqual(drawn.base);
  });

  it("begin with a token that is given, of both models where both have it", async () => {
    const { vocabulary } = models.base!;
    const [id] = (await tokensOf("base", " moon")).slice(vocabulary.bos === null ? 0 : 1);
    const { bytes, offsets } = vocabulary;
    const text = new TextDecoder().decode(bytes.subarray(offsets[id!], offsets[id! + 1]));
    const drawn = await draw({ first: { role: "base", id: id!, text } });
    for (const role of ROLES) {
      const prompt = Int32Array.from([...(await tokensOf(role, BEFORE)), id!]);
      const expected = await sampled(role, prompt);
      expect(drawn[role].map((one) => one.text)).toEqual(expected.map((one) => one.text));
    }
    const other = { first: { role: "base" as const, id: id!, text: "another text" } };
    await expect(draw(other)).rejects.toThrow(/is not the model that this alternative/u);
    await expect(draw({ first: { role: "base", id: 1e6, text: "x" } })).rejects.toThrow(
      /is not the model/u,
    );
  });

  it("go on from the last tokens of a text that is longer than the window", async () => {
    const small = await ServerClient.start(configurationOf(PAIR, { window: 64 }));
    try {
      const text = `${"The man saw the sea. ".repeat(200)}${BEFORE}`;
      const asked = params({ before: text });
      const read = await small.request(ContinuationRequest.draw, asked);
      for (const role of ROLES) {
        const whole = await tokensOf(role, text);
        const start = models[role]!.vocabulary.bos === null ? 0 : 1;
        const kept = 64 - 12 - start;
        expect(read).toContainEqual({ role, tokens: kept, isCut: true });
        const prompt = Int32Array.from([...whole.slice(0, start), ...whole.slice(-kept)]);
        const texts = small.said.continuations
          .filter((one) => one.role === role)
          .map(({ continuation }) => continuation)
          .sort((a, b) => a.sample - b.sample)
          .map((one) => one.text);
        expect(texts).toEqual((await sampled(role, prompt)).map((one) => one.text));
      }
      await expect(
        small.request(ContinuationRequest.draw, params({ maxTokens: 62 })),
      ).rejects.toThrow(/leave no room for the text before them/u);
    } finally {
      await small.stop();
    }
  });

  it("are drawn by the one model that a pair has", async () => {
    const single = await ServerClient.start(configurationOf({ rlhf: PAIR.rlhf }));
    try {
      const read = await single.request(ContinuationRequest.draw, params());
      expect(read.map(({ role }) => role)).toEqual(["rlhf"]);
      expect(single.said.continuations).toHaveLength(3);
    } finally {
      await single.stop();
    }
  });
});

describe("a drawing", () => {
  it("ends at once when it is cancelled, and when another begins; what takes long is listed", async () => {
    await draw();
    const [pid] = client.enginePids();
    process.kill(pid!, "SIGSTOP");
    try {
      const before = params();
      const ended = client.request(ContinuationRequest.draw, before);
      const after = client.request(ContinuationRequest.draw, params());
      await expect(ended).rejects.toThrow(/cancelled/iu);
      await client.until(() => client.said.jobs.at(-1)?.[0]?.kind === "continuation");
      const begun = performance.now();
      await client.request(ContinuationRequest.cancel, null);
      await expect(after).rejects.toThrow(/cancelled/iu);
      expect(performance.now() - begun).toBeLessThan(patience(300));
      await client.until(() => client.said.jobs.at(-1)?.length === 0);
      expect(drawnBy(before.drawing, "base")).toEqual([]);
    } finally {
      process.kill(pid!, "SIGCONT");
    }
    expect((await draw()).rlhf).toHaveLength(3);
  });

  it("goes on under another engine after a crash", async () => {
    const [pid] = client.enginePids();
    process.kill(pid!, "SIGSTOP");
    const asked = client.request(ContinuationRequest.draw, params());
    process.kill(pid!, "SIGKILL");
    await expect(asked).rejects.toThrow(/engine/iu);
    expect((await draw()).base).toHaveLength(3);
  });
});
