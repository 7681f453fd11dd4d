import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatForm } from "../../src/engine/chatForm";
import type { ChatMessage, Engine, LoadedModel } from "../../src/engine/engine";
import { textOfPieces } from "../../src/engine/pieces";
import { modelSource, type RunSide } from "../../src/formats/run";
import { drawRole, OtherRunError } from "../../src/jobs/runs/draw";
import { RAW_FRAME, samplersOf, TOP_P } from "../../src/jobs/runs/settings";
import { PLAIN_CHAT } from "../support/chat";
import { LOAD, score, startTestEngine } from "../support/engine";
import { CHAT_TEMPLATE, type ModelOptions, testModel } from "../support/models";

const HELLO: readonly ChatMessage[] = [{ role: "user", text: "Once upon a time" }];
/** 10¹⁰ rounds. */
const ENDLESS = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}";

let engine: Engine;
let model: LoadedModel;
beforeAll(async () => {
  engine = startTestEngine();
  model = await engine.load(testModel({ name: "chat", chatTemplate: CHAT_TEMPLATE }), LOAD);
});
afterAll(() => engine.dispose());

const failure = (template: string) =>
  engine.renderChat(model.id, HELLO, { template }).catch((error: unknown) => error);

describe("a template that", () => {
  it("never ends is stopped, and the same model scores meanwhile", async () => {
    const order: string[] = [];
    const rendered = failure(ENDLESS).finally(() => order.push("template"));
    const scored = score(engine, model, "a text for the meantime").then(() => order.push("scores"));
    expect(await rendered).toMatchObject({
      code: "TemplateFailed",
      message: expect.stringContaining("longer than 2 seconds") as string,
    });
    await scored;
    expect(order).toEqual(["scores", "template"]);
  });

  it("takes too much memory is stopped", async () => {
    const hoard =
      "{% set n = namespace(a=[]) %}{% for i in range(100000) %}{% set n.a = n.a + [('x' * 4000000) | upper] %}{% endfor %}";
    expect(await failure(hoard)).toMatchObject({ code: "TemplateFailed" });
    expect((await score(engine, model, "still there")).complete).toBe(true);
  });

  it("refuses a conversation is quoted", async () => {
    expect(await failure("{{ raise_exception('Only system prompts!') }}")).toMatchObject({
      code: "TemplateFailed",
      message: expect.stringContaining("Only system prompts!") as string,
    });
  });

  it("is no template is named as such", async () => {
    for (const template of ["{% if %}", "{{ x", "{% endfor %}", `{{ ${"(".repeat(20_000)} }}`]) {
      expect(await failure(template), template.slice(0, 20)).toMatchObject({
        code: "TemplateFailed",
      });
    }
  });

  it("is given up ends at once", async () => {
    const controller = new AbortController();
    const job = engine.renderChat(model.id, HELLO, { template: ENDLESS }, controller.signal);
    controller.abort();
    await expect(job).rejects.toMatchObject({ code: "Cancelled" });
    expect(await engine.renderChat(model.id, HELLO)).toHaveLength(1);
  });
});

describe("a chat prompt", () => {
  const text = async (...args: Parameters<Engine["renderChat"]>) =>
    (await engine.renderChat(...args)).map((part) => part.text).join("");

  it("has the model's own tokens, a system prompt, another template's words and variables", async () => {
    expect(await text(model.id, HELLO)).toBe("<s><|user|>\nOnce upon a time</s>\n<|assistant|>\n");
    const system: ChatMessage = { role: "system", text: "Be brief." };
    expect(await text(model.id, [system, ...HELLO])).toContain("<|system|>\nBe brief.</s>");
    const template = "{{ bos_token }}{{ eos_token }}{{ unk_token }}|{{ mood }}|{{ tools is none }}";
    const variables = { mood: ["glad"] };
    expect(await text(model.id, HELLO, { template, variables })).toMatch(
      /^<s><\/s>(<unk>)?\|\['glad'\]\|True$/,
    );
  });

  it("shows the clock that it is given", async () => {
    const template = "{{ strftime_now('%Y') }}";
    const now = new Date(2020, 5, 1).getTime();
    expect(await text(model.id, HELLO, { template, now })).toBe("2020");
  });
});

describe("a run", () => {
  const draw = (chat: Partial<ChatForm>, clock: number, earlier: RunSide | null = null) =>
    drawRole({
      engine,
      role: "rlhf",
      model,
      sha256: null,
      prompt: "Once upon a time",
      settings: {
        samples: earlier === null ? 1 : 2,
        seed: 1,
        width: 1,
        maxTokens: 3,
        baseFrame: RAW_FRAME,
        chat: { ...PLAIN_CHAT, template: "{{ strftime_now('%Y') }} {{ messages }}", ...chat },
        clock,
        samplers: samplersOf({ temperature: 1, topK: 0, minP: 0 }, TOP_P),
      },
      earlier,
    });

  it("goes on with the very prompt it was begun with, or not at all", async () => {
    const begun = new Date(2020, 5, 1).getTime();
    const run = await draw({ system: "Be brief." }, begun);
    expect(modelSource(run)?.prompt).toContain("2020 [{'role': 'system', 'content': 'Be brief.'}");
    const longer = await draw({ system: "Be brief." }, begun, run);
    expect(longer.samples).toHaveLength(2);
    await expect(draw({}, begun, run)).rejects.toBeInstanceOf(OtherRunError);
    const later = draw({ system: "Be brief." }, Date.now(), run);
    await expect(later).rejects.toBeInstanceOf(OtherRunError);
  });
});

const WITH_BOS = "{{ bos_token }}<|user|>\n{{ messages[0].content }}</s>\n<|assistant|>\n";
const WITHOUT_BOS = WITH_BOS.replace("{{ bos_token }}", "");

describe.each([
  { kind: "spm", addBos: true },
  { kind: "spm", addBos: false },
  { kind: "byte", addBos: true },
  { kind: "byte", addBos: false },
] as const satisfies ModelOptions["vocabulary"][])("the tokens, with %o", (vocabulary) => {
  it("are those of the reference's whole string, with BOS once or not at all", async () => {
    const path = testModel({ name: `chat-${vocabulary.kind}`, vocabulary });
    const own = await engine.load(path, LOAD);
    const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
    const reference = await llama.loadModel({ modelPath: path });
    const bos = reference.tokens.bos!;
    for (const template of [WITH_BOS, WITHOUT_BOS]) {
      const parts = await engine.renderChat(own.id, HELLO, { template });
      const ids = [...(await engine.tokenizePrompt(own.id, parts))];

      const writesBos = template === WITH_BOS;
      // A template's last line end is no part of it.
      const whole = `${writesBos ? "<s>" : ""}<|user|>\nOnce upon a time</s>\n<|assistant|>`;
      const tokens: number[] = reference.tokenize(whole, true);
      const wantsBos = writesBos || vocabulary.addBos;
      expect(ids).toEqual(wantsBos && tokens[0] !== bos ? [bos, ...tokens] : tokens);
      const written = ids.filter((id) => textOfPieces(own.vocabulary, [id]) === "<s>");
      expect(written).toHaveLength(wantsBos ? 1 : 0);
    }
    await reference.dispose();
    await engine.unload(own.id);
  });
});
