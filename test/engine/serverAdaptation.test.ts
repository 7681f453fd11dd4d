/** Models adapted in the editor: trained by the real server, cancelled, gone on with, beside other work. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdaptationRequest, type AdaptParams } from "../../src/protocol/adaptation";
import { ConfigurationNotice } from "../../src/protocol/configuration";
import { DocumentRequest } from "../../src/protocol/documents";
import { ModelRequest } from "../../src/protocol/models";
import { folderWith } from "../support/folders";
import { testModel, testPair } from "../support/models";
import { configurationOf, ServerClient, wholeOf } from "../support/serverClient";

const URI = "file:///work/story.txt";
const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
/** The same words over and over, from another one on and as often as no other text has them. */
const textOf = (number: number) =>
  Array.from({ length: 40 + number }, (_, i) => WORDS[(number + i) % WORDS.length]).join(" ");
const texts = folderWith(
  Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.txt`, textOf(i)])),
);
const kept = folderWith({});
const MODEL = testModel({ name: "learner", likeEnglish: true, logitSpread: 0.6 });
const pair = { base: MODEL, rlhf: testPair().rlhf };

let client: ServerClient;
beforeAll(async () => {
  client = await ServerClient.start(configurationOf(pair, { cacheMB: 10 }, folderWith({})));
  client.open(URI, textOf(100));
});
afterAll(() => client.stop());

const paramsOf = (out: string, params: Partial<AdaptParams> = {}): AdaptParams => ({
  model: MODEL,
  texts: [texts],
  lines: false,
  steps: 8,
  out: join(kept, out),
  goOn: false,
  ...params,
});
const adapt = (params: AdaptParams, cancel?: CancellationTokenSource) =>
  client.request(AdaptationRequest.adapt, params, cancel?.token);
const isKept = ({ out }: AdaptParams) => client.request(AdaptationRequest.isKept, { out });
const highlight = () => client.request(DocumentRequest.highlight, wholeOf(URI));
const jobs = () => client.said.jobs.at(-1) ?? [];
/** 0: none was taken yet. */
const stepNow = () => {
  const [job] = jobs().filter(({ kind }) => kind === "adaptation");
  return Number(/^Step (\d+)/u.exec(job?.kind === "adaptation" ? job.what : "")?.[1] ?? 0);
};
/** A training that is taking its steps. */
async function begun(params: AdaptParams, cancel?: CancellationTokenSource) {
  await client.until(() => jobs().length === 0);
  const job = adapt(params, cancel);
  await Promise.race([client.until(() => stepNow() > 0), job]);
  return { job };
}

/** A document that takes long. */
function scoringOf(uri: string, text: string) {
  client.open(uri, text);
  const job = client.request(DocumentRequest.highlight, wholeOf(uri));
  const isScoring = () =>
    client.said.progress.some(
      (now) => now.uri === uri && now.phase === "scoring" && now.fraction > 0,
    );
  return { job, begun: Promise.race([client.until(isScoring), job]) };
}

describe("adapting", () => {
  it("writes an adapter that predicts held-out texts better, by as much as is said", async () => {
    const params = paramsOf("first.gguf");
    const adapted = await adapt(params);
    const { before, after, change, documents } = adapted.report;
    expect(adapted).toMatchObject({ steps: 8, trained: { documents: 16 }, leftOut: [] });
    expect(adapted.chosenStep).toBeGreaterThan(0);
    expect(documents).toBe(2);
    expect(after.loss).toBeLessThan(before.loss);
    expect(change).toMatchObject({ low: null, high: null });
    expect(change.value).toBeCloseTo(after.loss - before.loss, 6);
    expect(readdirSync(kept)).toEqual(["first.gguf"]);
    await client.until(() => jobs().length === 0);

    const plain = await highlight();
    const adapter = { path: MODEL, adapter: params.out };
    await client.notify(
      ConfigurationNotice.changed,
      configurationOf({ base: MODEL, rlhf: adapter }),
    );
    const { base, rlhf } = await highlight();
    expect(base!.bits).toBe(plain.base!.bits);
    expect(rlhf!.bits).toBeLessThan(base!.bits);
    await client.notify(ConfigurationNotice.changed, configurationOf(pair));
  });
});

describe("adapting says what is wrong", () => {
  const short = folderWith({ "one.txt": "One.\nTwo, three.\nFour.\nFive.", "two.txt": "Two." });

  it("of texts that are too few, unless each line is one", async () => {
    const params = paramsOf("short.gguf", { texts: [short], steps: 1 });
    await expect(adapt(params)).rejects.toMatchObject({
      message: expect.stringMatching(/at least 3 documents.* there are 2/u) as string,
      data: { code: "TextTooShort" },
    });
    expect(await isKept(params)).toBe(false);
    expect((await adapt({ ...params, lines: true })).trained.documents).toBe(3);
  });

  it.each([
    [
      "a folder that is not there",
      { out: join(kept, "missing", "a.gguf") },
      /no folder .*missing/u,
    ],
    ["the model itself", { out: MODEL }, /is the model that is adapted/u],
    [
      "one of its texts",
      { out: join(short, "one.txt") },
      /one\.txt is there already, and no adapter/u,
    ],
    ["texts that are not there", { texts: [join(kept, "missing")] }, /missing/u],
    [
      "an architecture that is not known",
      { model: testModel({ name: "states-lfm2", architecture: "lfm2" }) },
      /can't be adapted here.*lfm2/u,
    ],
  ])("of %s", async (_, params, message) => {
    await expect(adapt(paramsOf("never.gguf", params))).rejects.toThrow(message);
    expect(readdirSync(kept).filter((name) => name.startsWith("never"))).toEqual([]);
  });
});

describe("a training", () => {
  const params = paramsOf("long.gguf", { steps: 12 });

  it("lets documents be scored meanwhile, whichever pair is in use", async () => {
    await highlight();
    const cancel = new CancellationTokenSource();
    const { job } = await begun(paramsOf("aside.gguf", { steps: 4000 }), cancel);
    await client.edit(URI, 0, 1, "T");
    expect(await highlight()).toMatchObject({ complete: true });
    const left = scoringOf("file:///work/long.txt", textOf(20_000));
    await left.begun;
    await client.request(ModelRequest.unload, null);
    // As it ends where the engine does: with what there is.
    expect(await left.job).toMatchObject({ complete: false });
    expect(await highlight()).toMatchObject({ complete: true });
    await client.notify(ConfigurationNotice.changed, configurationOf({ base: MODEL, rlhf: MODEL }));
    const { base, rlhf } = await highlight();
    expect(rlhf!.bits).toBe(base!.bits);
    await client.notify(ConfigurationNotice.changed, configurationOf(pair));
    expect(await highlight()).toMatchObject({ complete: true });

    await expect(adapt(params)).rejects.toThrow(/is being adapted/u);
    expect(client.enginePids()).toHaveLength(1);
    const before = stepNow();
    await client.until(() => stepNow() > before);
    cancel.cancel();
    await expect(job).rejects.toThrow(/cancelled/iu);
    await client.request(AdaptationRequest.discard, params);
  });

  it("is cancelled at once, keeps what it has, and goes on from there", async () => {
    const { job } = await begun(params);
    await client.request(AdaptationRequest.cancel, null);
    await expect(job).rejects.toThrow(/cancelled/iu);
    expect(await isKept(params)).toBe(true);
    await client.until(() => jobs().length === 0);
    expect(existsSync(params.out)).toBe(false);

    await expect(adapt({ ...params, steps: 13, goOn: true })).rejects.toMatchObject({
      data: { code: "CheckpointUnreadable" },
    });
    expect(await isKept(params)).toBe(true);
    const { chosenStep } = await adapt({ ...params, goOn: true });
    expect(chosenStep).toBeGreaterThan(0);
    expect(await isKept(params)).toBe(false);
    expect(existsSync(params.out)).toBe(true);
  });

  it("is discarded where the user begins anew, and nothing else is", async () => {
    const cancelled = paramsOf("again.gguf", { steps: 12 });
    const other = join(kept, "again.gguf.step-by-step");
    writeFileSync(other, "");
    const { job } = await begun(cancelled);
    await client.request(AdaptationRequest.cancel, null);
    await expect(job).rejects.toThrow(/cancelled/iu);
    await client.request(AdaptationRequest.discard, cancelled);
    expect(readdirSync(kept).filter((name) => name.startsWith("again"))).toEqual([
      "again.gguf.step-by-step",
    ]);
    // Begun anew over one of other steps.
    await adapt({ ...cancelled, steps: 1 });
    expect(await isKept(cancelled)).toBe(false);
  });

  it("is kept where the editor closes", async () => {
    const closing = paramsOf("closing.gguf", { steps: 4000 });
    const { job } = await begun(closing);
    job.catch(() => undefined);
    await client.shutDown();
    expect(existsSync(`${closing.out}.checkpoint`)).toBe(true);
  });
});
