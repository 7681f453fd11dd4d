import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignTexts } from "../../src/analysis/align/align";
import { anchorShare } from "../../src/analysis/samples/anchorShare";
import {
  DEFAULT_ANCHORS,
  findAnchors,
  indexTails,
  type AnchorOptions,
  type AnchorOrder,
  type AnchorSpan,
} from "../../src/analysis/samples/anchors";
import { columnOverlap, keptColumns } from "../../src/analysis/samples/overlap";
import { sankeyFlow } from "../../src/analysis/samples/sankey";
import { readAligned } from "../support/alignedRows";
import { patience } from "../support/patience";
import { plantTexts } from "../support/plantedTexts";

const FIXTURES = join(import.meta.dirname, "../fixtures/anchors");
const ORDERS: readonly AnchorOrder[] = ["frequency", "mass"];

interface AnchorCase {
  readonly aligned: readonly string[];
  readonly minLength: number;
  readonly minShare: number;
  readonly anchors: Record<AnchorOrder, unknown>;
  readonly flows: Record<AnchorOrder, readonly string[]>;
  readonly overlap: readonly number[];
  readonly anchorShare: Record<AnchorOrder, readonly number[]>;
}

/** Lines of a few letters and gaps, so that they often agree. */
const lines = fc.array(
  fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 14, maxLength: 14 }),
  {
    minLength: 2,
    maxLength: 7,
  },
);

function summary(anchors: readonly AnchorSpan[]) {
  return anchors.map(({ text, column, occurrences }) => ({
    text,
    column,
    samples: occurrences.map(({ sample }) => sample),
  }));
}

/** The definition taken literally: every string at every column, all counts made anew for every pick. */
function anchorsByDefinition(aligned: readonly string[], options: AnchorOptions) {
  const { texts, alignment } = readAligned(aligned);
  const fewest = Math.max(2, Math.ceil(options.minShare * texts.length));
  const taken = texts.map(() => new Set<number>());
  const picked: { text: string; column: number; samples: number[] }[] = [];
  const rank = (text: string, samples: number[]) =>
    options.order === "mass"
      ? [samples.length * text.length, samples.length, text.length]
      : [samples.length, text.length];

  while (picked.length < options.limit) {
    let best: { text: string; column: number; samples: number[]; key: number[] } | undefined;
    for (let column = 0; column < alignment.columns; column++) {
      const rows = texts.flatMap((text, t) => {
        const start = alignment.rows[t]!.indexOf(column);
        return start < 0 ? [] : [{ t, start, tail: text.slice(start) }];
      });
      const prefixes = new Set(
        rows.flatMap(({ tail }) => [...tail].map((_, i) => tail.slice(0, i + 1))),
      );
      for (const text of [...prefixes].sort()) {
        const having = rows.filter(({ tail }) => tail.startsWith(text));
        const longer = [...prefixes].filter(
          (p) => p.length === text.length + 1 && p.startsWith(text),
        );
        const changes = longer.every(
          (p) => rows.filter(({ tail }) => tail.startsWith(p)).length < having.length,
        );
        if (text.length < options.minLength || having.length < fewest || !changes) continue;
        const samples = having
          .filter(({ t, start }) => ![...text].some((_, i) => taken[t]!.has(start + i)))
          .map(({ t }) => t);
        if (samples.length < fewest) continue;
        const key = rank(text, samples);
        const difference =
          best === undefined ? 1 : key.map((k, i) => k - best!.key[i]!).find((d) => d !== 0);
        if (difference !== undefined && difference > 0) best = { text, column, samples, key };
      }
    }
    if (best === undefined) break;
    const { text, column, samples } = best;
    picked.push({ text, column, samples });
    for (const t of samples) {
      const start = alignment.rows[t]!.indexOf(column);
      for (let i = 0; i < text.length; i++) taken[t]!.add(start + i);
    }
  }
  return picked.sort((a, b) => a.column - b.column || (a.text < b.text ? -1 : 1));
}

describe("findAnchors", { timeout: patience(60_000) }, () => {
  for (const name of readdirSync(FIXTURES)) {
    const read = () =>
      JSON.parse(readFileSync(join(FIXTURES, name, "case.json"), "utf8")) as AnchorCase;
    for (const order of ORDERS) {
      it(`finds what was worked by hand: ${name}, by ${order}`, () => {
        const expected = read();
        const { minLength, minShare } = expected;
        const { texts, alignment } = readAligned(expected.aligned);
        const options = { minLength, minShare, limit: 6, order };
        const anchors = findAnchors(indexTails(texts, alignment), options);
        expect(summary(anchors)).toEqual(expected.anchors[order]);

        const flow = sankeyFlow(anchors, texts.length);
        const links = flow.links.map((l) => `${l.source}>${l.target}:${l.samples.length}`);
        expect(links).toEqual(expected.flows[order]);

        const columns = keptColumns(alignment);
        expect([...anchorShare(alignment, anchors, columns)]).toEqual(expected.anchorShare[order]);
        expect([...columnOverlap(texts, alignment, columns)]).toEqual(expected.overlap);
      });
    }
  }

  it("agrees with the definition taken literally", () => {
    const options = fc.record({
      minLength: fc.integer({ min: 1, max: 5 }),
      minShare: fc.constantFrom(0, 0.2, 0.5, 0.9),
      limit: fc.constantFrom(1, 3, Infinity),
      order: fc.constantFrom(...ORDERS),
    });
    fc.assert(
      fc.property(lines, options, (aligned, chosen) => {
        const { texts, alignment } = readAligned(aligned);
        const found = findAnchors(indexTails(texts, alignment), chosen);
        expect(summary(found)).toEqual(anchorsByDefinition(aligned, chosen));
      }),
    );
  });

  it("finds spans that are disjoint in every sample, and says truly where they stand", () => {
    const { texts } = plantTexts({ texts: 40, characters: 400 });
    const alignment = alignTexts(texts)!;
    const options = { ...DEFAULT_ANCHORS, minLength: 8, minShare: 0.05, limit: Infinity };
    const anchors = findAnchors(indexTails(texts, alignment), options);
    expect(anchors.length).toBeGreaterThan(5);
    const taken = texts.map((text) => new Array<boolean>(text.length).fill(false));
    for (const { text, length, column, occurrences, share } of anchors) {
      expect(share).toBe(occurrences.length / texts.length);
      for (const { sample, start } of occurrences) {
        expect(texts[sample]!.slice(start, start + length)).toBe(text);
        expect(alignment.rows[sample]![start]).toBe(column);
        for (let i = start; i < start + length; i++) {
          expect(taken[sample]![i]).toBe(false);
          taken[sample]![i] = true;
        }
      }
    }
  });

  it("finds the planted sentences whole, in their order", () => {
    const { texts, sentences } = plantTexts();
    const anchors = findAnchors(indexTails(texts, alignTexts(texts)!), DEFAULT_ANCHORS);
    const places = sentences.map((sentence) =>
      anchors.findIndex(({ text }) => text.includes(sentence)),
    );
    expect(places).toEqual([0, 1, 2, 3, 4]);
  });

  it("counts characters of any plane as one, and finds nothing in nothing", () => {
    const texts = ["😀😀😀a", "😀😀😀b"];
    const [anchor] = findAnchors(indexTails(texts, alignTexts(texts)!), {
      ...DEFAULT_ANCHORS,
      minLength: 3,
    });
    expect(anchor).toMatchObject({ text: "😀😀😀", length: 3, share: 1 });
    expect(findAnchors(indexTails([], alignTexts([])!), DEFAULT_ANCHORS)).toEqual([]);
    expect(findAnchors(indexTails(["", ""], alignTexts(["", ""])!), DEFAULT_ANCHORS)).toEqual([]);
  });
});
