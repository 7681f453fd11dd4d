import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsOf, type TrainingMeasurement, type TrainingPiece } from "../../src/engine/training";
import { compare, pointOf } from "../../src/jobs/adaptation/findings";
import { heldOutPieces, MOST_PIECES } from "../../src/jobs/adaptation/heldOut";
import { TrainingPace } from "../../src/jobs/adaptation/pace";
import { packPieces } from "../../src/jobs/adaptation/packing";
import { BLOCK, FEWEST_DOCUMENTS, partsOfDocuments } from "../../src/jobs/adaptation/parts";
import { predictedIn } from "../../src/engine/training";
import { piecesOf } from "../../src/jobs/adaptation/pieces";
import type { AdaptationPlan } from "../../src/jobs/adaptation/planAdaptation";
import { trainingSteps } from "../../src/jobs/adaptation/trainingSteps";

const BOS = 1;
const tokens = (length: number, from = 100) => Int32Array.from({ length }, (_, i) => from + i);
const lists = (pieces: readonly TrainingPiece[]) => pieces.map(({ tokens }) => [...tokens]);

describe("parts", () => {
  it("take one of every ten documents to choose and one to report", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: FEWEST_DOCUMENTS, max: 60 }),
        fc.integer({ min: 0, max: 1000 }),
        (documents, seed) => {
          const parts = partsOfDocuments(documents, seed);
          expect(parts).toHaveLength(documents);
          const block = Math.min(BLOCK, documents);
          for (let start = 0; start < documents; start += block) {
            const of = parts.slice(start, start + block);
            const wanted = of.length === block ? 1 : 0;
            expect(of.filter((part) => part === "choose")).toHaveLength(wanted);
            expect(of.filter((part) => part === "report")).toHaveLength(wanted);
          }
        },
      ),
    );
  });

  it("stay what they are when more is read", () => {
    const few = partsOfDocuments(30, 7);
    expect(partsOfDocuments(200, 7).slice(0, 30)).toEqual(few);
    expect(partsOfDocuments(30, 8)).not.toEqual(few);
  });
});

describe("pieces", () => {
  it("begin with BOS, or with the token before", () => {
    expect(lists(piecesOf(tokens(5), BOS, 2))).toEqual([
      [BOS, 100, 101],
      [BOS, 102, 103],
      [BOS, 104],
    ]);
    expect(lists(piecesOf(tokens(5), null, 2))).toEqual([
      [100, 101, 102],
      [102, 103, 104],
    ]);
    expect(lists(piecesOf(tokens(1), BOS, 2))).toEqual([[BOS, 100]]);
    expect(piecesOf(tokens(1), null, 2)).toEqual([]);
    expect(piecesOf(tokens(0), BOS, 2)).toEqual([]);
  });

  it("predict each token once, in order, and never more than a window", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(BOS, null),
        (count, length, bos) => {
          const ids = tokens(count);
          const pieces = piecesOf(ids, bos, length);
          const predicted = pieces.flatMap((piece) => [
            ...piece.tokens.subarray(piece.scoredStart),
          ]);
          expect(predicted).toEqual([...ids.subarray(bos === null ? 1 : 0)]);
          for (const piece of pieces) {
            expect(piece.tokens.length).toBeGreaterThanOrEqual(2);
            expect(predictedIn([piece])).toBeLessThanOrEqual(length);
          }
        },
      ),
    );
  });
});

describe("held-out pieces", () => {
  it("are each document's first ones before anyone's second", () => {
    const documents = [4, 1, 3].map((count, i) => piecesOf(tokens(count, 100 * i), BOS, 1));
    const { pieces, documentOf, documents: used } = heldOutPieces(documents);
    expect(documentOf).toEqual([0, 1, 2, 0, 2, 0, 2, 0]);
    expect(pieces.map((piece) => piece.tokens[1])).toEqual([0, 100, 200, 1, 201, 2, 202, 3]);
    expect(used).toBe(3);
  });

  it("are of as many documents as possible, and no more than measuring may take", () => {
    const documents = Array.from({ length: 50 }, (_, i) => piecesOf(tokens(9, 10 * i), BOS, 2));
    const { documentOf, documents: used } = heldOutPieces(documents);
    expect(documentOf).toEqual([...Array(MOST_PIECES).keys()]);
    expect(used).toBe(MOST_PIECES);
  });
});

/** Pieces of lengths, no token of which is another's. */
function piecesOfLengths(lengths: readonly number[]): TrainingPiece[] {
  let next = 2;
  return lengths.map((length) => {
    const tokens = Int32Array.from({ length: length + 1 }, (_, i) => (i === 0 ? BOS : next++));
    return { tokens, scoredStart: length };
  });
}

describe("packing", () => {
  it("puts each piece into the first window that has room", () => {
    const windows = packPieces(piecesOfLengths([6, 5, 4, 3, 2, 8]), 8);
    expect(windows.map(({ pieces }) => pieces.map((piece) => rowsOf([piece])))).toEqual([
      [6, 2],
      [5, 3],
      [4],
      [8],
    ]);
  });

  it("loses nothing, repeats nothing, and never overfills", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 16 }), { maxLength: 400 });
    fc.assert(
      fc.property(lengths, (of) => {
        const pieces = piecesOfLengths(of);
        const windows = packPieces(pieces, 16);
        const packed = windows.flatMap((window) => window.pieces);
        expect(new Set(packed)).toEqual(new Set(pieces));
        expect(packed).toHaveLength(pieces.length);
        for (const window of windows) {
          expect(window.pieces.length).toBeGreaterThan(0);
          expect(rowsOf(window.pieces)).toBeLessThanOrEqual(16);
        }
      }),
    );
  });
});

describe("training steps", () => {
  const pieces = piecesOfLengths(Array.from({ length: 40 }, (_, i) => 1 + ((7 * i) % 16)));
  const settings = { steps: 30, windowsPerStep: 3, length: 16, seed: 5 };
  const steps = trainingSteps(pieces, settings);

  it("are as many as asked for, of as many windows", () => {
    expect(steps.map(({ length }) => length)).toEqual(Array(30).fill(3));
  });

  it("predict each token once in each epoch, in another order each time", () => {
    const epoch = packPieces(pieces, 16).length;
    const order = steps.flat().flatMap((window) => window.pieces);
    const firsts: TrainingPiece[][] = [];
    for (let at = 0; at + pieces.length <= order.length; at += pieces.length) {
      const of = order.slice(at, at + pieces.length);
      expect(new Set(of)).toEqual(new Set(pieces));
      firsts.push(of);
    }
    expect(firsts.length).toBeGreaterThan(2);
    expect(steps.flat().length).toBeGreaterThan(2 * epoch);
    expect(firsts[1]).not.toEqual(firsts[0]);
  });

  it("follow from the seed", () => {
    expect(trainingSteps(pieces, settings)).toEqual(steps);
    expect(trainingSteps(pieces, { ...settings, seed: 6 })).not.toEqual(steps);
  });

  it("begin alike, however many there are", () => {
    expect(trainingSteps(pieces, { ...settings, steps: 10 })).toEqual(steps.slice(0, 10));
  });
});

describe("what training has found", () => {
  const held = heldOutPieces(
    Array.from({ length: 6 }, (_, i) => piecesOf(tokens(4, 10 * i), BOS, 2)),
  );
  const plan = { choose: held, report: held } as AdaptationPlan;
  const measured = (step: number, loss: (piece: number) => number): TrainingMeasurement => {
    const losses = Float64Array.from(held.pieces, (_, i) => loss(i));
    return { kind: "measured", step, choose: losses, report: losses };
  };

  it("is in nats per predicted token", () => {
    const { step, choose } = pointOf(
      measured(3, () => 2 * Math.log(5)),
      plan,
    );
    expect(step).toBe(3);
    expect(choose.loss).toBeCloseTo(Math.log(5), 12);
    expect(choose.perplexity).toBeCloseTo(5, 12);
  });

  it("is paired by document: what all gain alike has an interval of no width", () => {
    const before = measured(0, (i) => 4 + i);
    const { change, documents, after } = compare(
      before,
      measured(9, (i) => 3 + i),
      plan,
    );
    expect(documents).toBe(6);
    expect(change.value).toBeCloseTo(-0.5, 12);
    expect(change.low).toBeCloseTo(-0.5, 12);
    expect(change.high).toBeCloseTo(-0.5, 12);
    // Twelve pieces of two tokens: the mean of (3 + i) / 2.
    expect(after.loss).toBeCloseTo((3 + 5.5) / 2, 12);
  });

  it("has no interval over fewer than five documents", () => {
    const few = heldOutPieces(Array.from({ length: 4 }, () => piecesOf(tokens(4), BOS, 4)));
    const losses = Float64Array.of(1, 2, 3, 4);
    const at = { kind: "measured", step: 0, choose: losses, report: losses } as const;
    const { change } = compare(at, at, { choose: few, report: few } as AdaptationPlan);
    expect(change).toEqual({ value: 0, low: null, high: null });
  });
});

describe("the pace of a training", () => {
  it("is that of the last steps between two measurements", () => {
    const pace = new TrainingPace(Array<number>(10).fill(100), 2);
    expect([pace.tokensPerSecond, pace.secondsLeft]).toEqual([null, null]);
    pace.stepped(1, 0);
    expect(pace.secondsLeft).toBeNull();
    pace.stepped(2, 1000);
    expect([pace.tokensPerSecond, pace.secondsLeft]).toEqual([100, 8]);
    // A measurement has taken three seconds.
    pace.stepped(3, 5000);
    pace.stepped(4, 6000);
    expect(pace.tokensPerSecond).toBe(40);
    expect(pace.secondsLeft).toBe(15);
  });
});
