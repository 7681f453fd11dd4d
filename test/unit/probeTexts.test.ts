import { describe, expect, it } from "vitest";
import { keptProbeText, parseKeptProbe } from "../../src/formats/keptProbe";
import { foundText, probeItem } from "../../src/host/probes/probeWords";
import type { TrainedProbe } from "../../src/protocol/probes";
import { aheadLine, unreadableLine } from "../../src/server/features/expectedAhead";

const excess = (low: number, high: number) => ({ low, high });
const probe: TrainedProbe = {
  id: "6f1c1f0e-0000-4000-8000-000000000000",
  model: "Twin",
  layer: 5,
  layers: 6,
  classes: 900,
  found: [
    {
      ahead: 1,
      share: 0.144,
      control: 0.11,
      controlName: "skip-bigram",
      excess: excess(0.01, 0.05),
    },
    { ahead: 2, share: 0.09, control: 0.08, controlName: "prior", excess: excess(-0.01, 0.03) },
  ],
  fitted: 12_345,
  reported: 4000,
  trainedOn: ["a.txt", "b.txt"],
  ownText: true,
  trainedAt: "2026-01-02T03:04:05.000Z",
};

describe("the hover's line", () => {
  it("says what is expected, where, and how often that is right", () => {
    expect(aheadLine("rlhf", probe, ["·river", "·bank"])).toBe(
      "Layer 5 of RLHF already expects **&#183;river** in 2 tokens, **&#183;bank** in 3 " +
        "(right in 14 % and 9 % of held-out places; best control 11 % and 8 %).",
    );
    expect(aheadLine("base", { ...probe, found: probe.found.slice(0, 1) }, ["x"])).toBe(
      "Layer 5 of the base model already expects **x** in 2 tokens (right in 14 % of held-out places; best control 11 %).",
    );
  });

  it("holds tokens of models as text, whatever is in them", () => {
    const line = aheadLine("rlhf", probe, ["[x](command:y)", "**<b>\n|"]);
    expect(line).not.toMatch(/[[\]<>|]|\n/u);
  });

  it("says what to do where a probe is damaged", () => {
    expect(unreadableLine("base")).toContain("*Train Probe*");
  });
});

describe("what a training has found", () => {
  it("is called more only where its interval is above zero", () => {
    const text = foundText(probe);
    expect(text).toContain(
      "It knows more than the best control does 2 tokens ahead (14 % right, best control 11 %).",
    );
    expect(text).toContain(
      "It is no better than without states 3 tokens ahead (9 % right, best control 8 %).",
    );
  });

  it("is left open where too few texts report", () => {
    const found = probe.found.map((finding) => ({ ...finding, excess: null }));
    const text = foundText({ ...probe, found });
    expect(text).toContain("Too little text was held out to say");
    expect(text).toContain("2 tokens ahead (14 % right, best control 11 %) and 3 (9 %, 8 %).");
    expect(text).not.toMatch(/knows more|no better than without states 3/u);
  });

  it("names in a list what it was trained on", () => {
    expect(probeItem(probe)).toEqual({
      label: "Twin",
      description: "layer 5 of 6, 2026-01-02",
      detail: "12,345 tokens of what it wrote after a.txt, b.txt",
    });
  });
});

describe("a kept probe's description", () => {
  const identity = { sha256: "ab", stamp: "here" };

  it("is read as it was written", () => {
    expect(parseKeptProbe(probe.id, keptProbeText({ identity, probe }))).toEqual({
      identity,
      probe,
    });
  });

  it("is none where something is missing, of another version, or no JSON", () => {
    const text = keptProbeText({ identity, probe });
    const without = text.replace('"layer"', '"later"');
    const later = text.replace('"version": 1', '"version": 2');
    const share = text.replace("0.144", "14.4");
    for (const other of [without, later, share, "", "[]", text.slice(0, -3)]) {
      expect(parseKeptProbe(probe.id, other)).toBeNull();
    }
  });
});
