import { describe, expect, it } from "vitest";
import { type Role, ROLES } from "../../src/protocol/roles";
import type { RunPrompt } from "../../src/protocol/runPrompt";
import { SCORING_SETTINGS, settingsSchema, type Settings } from "../../src/protocol/settings";
import { conditionsOf } from "../../src/server/settings/configuration";
import { storeKey } from "../../src/server/scoring/scoreJob";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const DEFAULTS = settingsSchema.parse({});

/** Another value of each setting than its default. */
const OTHER: Settings = {
  pairs: [{ name: "own" }],
  pair: "own",
  modelFolder: "/models",
  catalogs: ["/catalog.json"],
  gpu: "off",
  window: 64,
  stride: 16,
  compatible: true,
  bos: "eos",
  topK: 3,
  view: "rank",
  inlayHints: "off",
  codeLens: false,
  liveDelay: 500,
  idleUnloadMinutes: 0,
  windowMemoryMB: 0,
  cacheMB: 0,
  samples: 7,
  maxTokens: 7,
  temperature: 0.5,
  topPBase: 1,
  topPRlhf: 1,
  samplingTopK: 40,
  minP: 0.1,
  seed: 7,
  instructionFrame: true,
  systemPrompt: "Be brief.",
  // A file that is there: the key holds its words.
  chatTemplate: import.meta.filename,
  templateVariables: { enable_thinking: false },
  mafft: "/usr/bin/mafft",
  words: "boundary",
  wordPunctuation: "separate",
};

const NAMES = Object.keys(DEFAULTS) as (keyof Settings)[];

/** The settings that move a key. */
function movedBy(key: (settings: Settings) => unknown): string[] {
  const before = JSON.stringify(key(DEFAULTS));
  return NAMES.filter(
    (name) => JSON.stringify(key({ ...DEFAULTS, [name]: OTHER[name] })) !== before,
  );
}

describe("what scores depend on", () => {
  it("is what makes scores stale in the editor", () => {
    const pair = { name: "", base: withoutAdapter("a"), rlhf: withoutAdapter("b") };
    const key = (settings: Settings) =>
      conditionsOf({ settings, live: false, pair, storagePath: null });
    expect(movedBy(key).sort()).toEqual([...SCORING_SETTINGS].sort());
  });

  it("is the adapters of a pair as well", () => {
    const settings = settingsSchema.parse({});
    const keyOf = (adapter: string | null) =>
      conditionsOf({
        settings,
        live: false,
        pair: { name: "", base: withoutAdapter("a"), rlhf: { path: "b", adapter } },
        storagePath: null,
      }).key;
    expect(keyOf("prose.gguf")).not.toBe(keyOf(null));
  });

  it("is under what a reply's scores are kept", () => {
    const task = {
      text: "Hello there",
      range: { start: 6, endExclusive: 11 },
      asReply: true,
      prompt: null,
    };
    const key = (settings: Settings) => storeKey({ ...task, settings }, "rlhf");
    expect(movedBy(key).sort()).toEqual([...SCORING_SETTINGS].sort());
  });

  it("holds nothing of chat prompts for a text that is no reply", () => {
    const task = { text: "Hello there", range: null, asReply: false, prompt: null };
    const key = (settings: Settings) => storeKey({ ...task, settings }, "rlhf");
    expect(movedBy(key)).toEqual([
      "gpu",
      "window",
      "stride",
      "compatible",
      "bos",
      "topK",
      "words",
      "wordPunctuation",
    ]);
  });

  it("holds the prompt that a text goes on with, as each model reads it", () => {
    const prompt = { text: "Hello?", frame: "{prompt}", clock: 7 };
    const key = (role: Role, change: Partial<RunPrompt> | null) => {
      const read = change && { ...prompt, ...change };
      const task = { text: "Hello there", range: null, asReply: false, prompt: read };
      return JSON.stringify(storeKey({ ...task, settings: DEFAULTS }, role));
    };
    const moves = (role: Role, change: Partial<RunPrompt> | null) =>
      key(role, change) !== key(role, {});
    expect(ROLES.map((role) => moves(role, null))).toEqual([true, true]);
    expect(ROLES.map((role) => moves(role, { text: "Bye?" }))).toEqual([true, true]);
    expect(ROLES.map((role) => moves(role, { frame: "Q: {prompt}" }))).toEqual([true, false]);
    expect(ROLES.map((role) => moves(role, { clock: 8 }))).toEqual([false, true]);
  });
});
