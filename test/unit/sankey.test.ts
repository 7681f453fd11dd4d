import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findAnchors, indexTails } from "../../src/analysis/samples/anchors";
import { sankeyFlow } from "../../src/analysis/samples/sankey";
import { readAligned } from "../support/alignedRows";

const lines = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 20 }), {
  maxLength: 9,
});

describe("sankeyFlow", () => {
  it("passes on at every anchor what it receives, without turning back", () => {
    const property = fc.property(lines, fc.constantFrom("mass", "frequency"), (aligned, order) => {
      const { texts, alignment } = readAligned(aligned);
      const options = { minLength: 2, minShare: 0.2, limit: 6, order } as const;
      const anchors = findAnchors(indexTails(texts, alignment), options);
      const { nodes, links } = sankeyFlow(anchors, texts.length);
      nodes.forEach((node, n) => {
        const flow = (side: "source" | "target") =>
          links.filter((link) => link[side] === n).flatMap((link) => link.samples);
        const sorted = (samples: readonly number[]) => [...samples].sort((a, b) => a - b);
        if (node.kind !== "start") expect(sorted(flow("target"))).toEqual(node.samples);
        if (node.kind !== "end") expect(sorted(flow("source"))).toEqual(node.samples);
      });
      for (const { source, target } of links) expect(source).toBeLessThan(target);
    });
    fc.assert(property);
  });

  it("lets samples without anchors flow from start to end", () => {
    const { nodes, links } = sankeyFlow([], 3);
    expect(nodes.map(({ kind }) => kind)).toEqual(["start", "end"]);
    expect(links).toEqual([{ source: 0, target: 1, samples: [0, 1, 2] }]);
    expect(sankeyFlow([], 0).links).toEqual([]);
  });
});
