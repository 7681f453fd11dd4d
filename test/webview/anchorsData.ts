/**
 * A run for the anchors panel: planted texts, aligned and searched for anchors by the product's own functions. Their
 * probabilities come from word models of the texts themselves, so that every number follows from the seed.
 */
import { alignTexts } from "../../src/analysis/align/align";
import type { AnchorSpan } from "../../src/analysis/samples/anchors";
import type { RunView, SampleView } from "../../src/protocol/anchorViews";
import type { AnchorOptions } from "../../src/protocol/anchorOptions";
import type { ToAnchors } from "../../src/protocol/panels";
import { type Role, ROLES } from "../../src/protocol/roles";
import {
  type AnchorFinder,
  anchorFinder,
  type SampleTokens,
  toAlignmentView,
  toAnchorsView,
} from "../../src/report/anchorViews";
import { plantTexts } from "../support/plantedTexts";

export const DEFAULT_OPTIONS: AnchorOptions = {
  minLength: 30,
  minShare: 0.2,
  limit: 6,
  order: "mass",
};

export interface TestRun {
  readonly run: RunView;
  readonly texts: Readonly<Record<Role, readonly string[]>>;
  /** Everything the host sends for a finished run, in its order. */
  readonly messages: readonly ToAnchors[];
  /** The host's answer to other options. */
  readonly answer: (options: AnchorOptions) => readonly ToAnchors[];
}

/** RLHF samples share five sentences, base samples hardly any. */
export function testRun(samples = 40): TestRun {
  const rlhf = plantTexts({ seed: 3, texts: samples, characters: 700, keep: 0.85 }).texts;
  const base = plantTexts({ seed: 4, texts: samples, characters: 700, keep: 0.25 }).texts;
  return runOf({ rlhf, base });
}

/** A run of any texts. */
export function runOf(texts: Readonly<Record<Role, readonly string[]>>): TestRun {
  const models = { base: wordModel(texts.base), rlhf: wordModel(texts.rlhf) };
  const finders = {} as Record<Role, AnchorFinder>;
  const run = runView(texts);
  const messages: ToAnchors[] = [{ type: "show", run }];
  const answer = (options: AnchorOptions): ToAnchors[] =>
    ROLES.map((role) => ({
      type: "anchors",
      role,
      aligner: "twinlens",
      anchors: toAnchorsView(finders[role], options, (anchor) => ({
        base: models.base.bits(anchor),
        rlhf: models.rlhf.bits(anchor),
      })),
    }));
  for (const role of ROLES) {
    const alignment = alignTexts(texts[role])!;
    finders[role] = anchorFinder(texts[role], alignment);
    messages.push(
      { type: "samples", role, first: 0, samples: texts[role].map(models[role].sample) },
      {
        type: "alignment",
        role,
        aligner: "twinlens",
        alignment: toAlignmentView(texts[role], alignment, texts[role].map(models[role].tokens)),
      },
    );
  }
  messages.push(...answer(DEFAULT_OPTIONS), { type: "progress", progress: { kind: "done" } });
  return { run, texts, messages, answer };
}

function runView(texts: Readonly<Record<Role, readonly string[]>>): RunView {
  const role = (name: string, wanted: number, topP: number, promptSent: string) => ({
    model: `${name} (Q8_0)`,
    promptSent,
    nucleus: topP,
    settings: `p ${topP}, temperature 1, seed 7`,
    wanted,
  });
  const prompt = "Tell me how the river came to the market.";
  return {
    name: "river",
    pair: "twin-base and twin-rlhf",
    about: null,
    prompt: { text: prompt, frame: "{prompt}", clock: 0 },
    options: DEFAULT_OPTIONS,
    rlhf: role("twin-rlhf", texts.rlhf.length, 0.9, `<|user|>\n${prompt}\n<|assistant|>\n`),
    base: role("twin-base", texts.base.length, 0.7, prompt),
  };
}

/** p(word | word before), counted over all texts of the model and smoothed. */
function wordModel(texts: readonly string[]) {
  const words = texts.map((text) => Array.from(text.matchAll(/\s*\S+/gu), ([word]) => word.trim()));
  const counts = new Map<string, Map<string, number>>();
  const add = (before: string, word: string) => {
    const followers = counts.get(before) ?? new Map<string, number>();
    counts.set(before, followers.set(word, (followers.get(word) ?? 0) + 1));
  };
  for (const ofText of words) {
    ofText.forEach((word, i) => {
      add(ofText[i - 1] ?? "", word);
      add("*", word);
    });
  }
  const share = (before: string, word: string) => {
    const followers = counts.get(before);
    const all = [...(followers?.values() ?? [])].reduce((sum, n) => sum + n, 0);
    return all === 0 ? 0 : (followers?.get(word) ?? 0) / all;
  };
  const bitsOf = (before: string, word: string) =>
    -Math.log2(0.8 * share(before, word) + 0.2 * share("*", word) + 1e-4);
  const entropyOf = new Map(
    [...counts].map(([before, followers]) => {
      const all = [...followers.values()].reduce((sum, n) => sum + n, 0);
      return [
        before,
        [...followers.values()].reduce((sum, n) => sum - (n / all) * Math.log(n / all), 0),
      ];
    }),
  );
  const textBits = (text: string) => {
    const ofText = text.split(/\s+/u).filter((word) => word !== "");
    return ofText.reduce((sum, word, i) => sum + bitsOf(ofText[i - 1] ?? "", word), 0);
  };

  return {
    bits: (anchor: AnchorSpan) => textBits(anchor.text),
    sample: (text: string): SampleView => {
      const tokens = text.split(/\s+/u).filter((word) => word !== "").length;
      const perplexity = tokens > 0 ? 2 ** (textBits(text) / tokens) : null;
      return { text, known: "scored", tokens, perplexity };
    },
    tokens: (text: string): SampleTokens => {
      const found = Array.from(text.matchAll(/\s*\S+/gu));
      return {
        // Planted texts are ASCII: units are code points.
        starts: found.map(({ index }) => index),
        entropies: found.map((_, i) => entropyOf.get(found[i - 1]?.[0].trim() ?? "") ?? 0),
      };
    },
  };
}
