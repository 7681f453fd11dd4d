/** The tree of what was tried, and places that are found again after edits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CONTEXT,
  type Edit,
  endOf,
  found,
  moved,
  type Place,
  placeAt,
  placeOfCursor,
} from "../../src/analysis/continuations/place";
import {
  missingNumbers,
  pathText,
  pathTo,
  pruned,
  restored,
  subtree,
  type TreeNode,
  tryOf,
  without,
} from "../../src/analysis/continuations/tree";
import { drawnText } from "../../src/jobs/continuation/drawnText";

/** Place 1 with tries 2 and 5; 3 and 4 are continuations, 6 goes on after a part of 3; place 8 stands apart. */
const tree: readonly TreeNode[] = [
  { id: 1, parent: null, kind: "place" },
  { id: 2, parent: 1, kind: "try", after: 0, first: "" },
  { id: 3, parent: 2, kind: "continuation", text: " the sea and left." },
  { id: 4, parent: 2, kind: "continuation", text: " a light" },
  { id: 5, parent: 1, kind: "try", after: 0, first: " the" },
  { id: 6, parent: 3, kind: "try", after: 8, first: "," },
  { id: 7, parent: 6, kind: "continuation", text: " which was calm" },
  { id: 8, parent: null, kind: "place" },
  { id: 9, parent: 8, kind: "try", after: 0, first: "" },
];
const ids = (nodes: readonly TreeNode[]) => nodes.map(({ id }) => id);

describe("the tree", () => {
  it("gives the text of a path, cut where it was gone on from", () => {
    expect(ids(pathTo(tree, 7))).toEqual([1, 2, 3, 6, 7]);
    expect(pathText(tree, 7)).toBe(" the sea, which was calm");
    expect(pathText(tree, 7, 6)).toBe(" the sea, which");
    expect(pathText(tree, 6)).toBe(" the sea,");
    expect(pathText(tree, 5)).toBe(" the");
    expect(pathText(tree, 1)).toBe("");
    expect(pathText(tree, 99)).toBe("");
  });

  it("shows of each node the try that it belongs to, of a place the last one", () => {
    expect([1, 2, 3, 7, 9].map((id) => tryOf(tree, id)?.id)).toEqual([5, 2, 2, 6, 9]);
    expect(tryOf(tree, null)).toBeNull();
  });

  it("loses a node with all after it, and places without tries; all comes back", () => {
    expect(ids(subtree(tree, 3))).toEqual([3, 6, 7]);
    expect(ids(without(tree, 3))).toEqual([1, 2, 4, 5, 8, 9]);
    const left = without(tree, 9);
    expect(ids(left)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(restored(left, tree)).toEqual(tree);
  });

  it("keeps within its size by losing its oldest tries, but not the path that is kept", () => {
    const left = (most: number, kept: number | null) => ids(pruned(tree, () => 1, most, kept));
    expect(left(9, null)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(left(5, null)).toEqual([1, 5, 8, 9]);
    expect(left(5, 7)).toEqual([1, 2, 3, 4, 6, 7]);
    expect(left(0, null)).toEqual([]);
  });

  it("knows which samples are missing", () => {
    expect(missingNumbers(4, [])).toEqual([0, 1, 2, 3]);
    expect(missingNumbers(4, [2, 0, 9])).toEqual([1, 3]);
  });
});

/** A text after edits, and what stands where they were made. */
function edited(text: string, edits: readonly (Edit & { readonly by: string })[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (now, { start, endExclusive, by }) => now.slice(0, start) + by + now.slice(endExclusive),
      text,
    );
}
const change = (start: number, endExclusive: number, by: string) => ({
  start,
  endExclusive,
  length: by.length,
  by,
});
const text =
  "Every evening at nine the ferry left. The old man counted the lights on the shore, and went home.";
const at = text.indexOf(" lights");

describe("a place", () => {
  it("of the cursor leaves a single blank before it to the continuation", () => {
    const blankOf = (before: string) => {
      const place = placeOfCursor(before, before.length);
      return [place.start, place.blank, endOf(place)];
    };
    expect(blankOf("a word ")).toEqual([6, " ", 7]);
    expect(blankOf("a word")).toEqual([6, "", 6]);
    expect(blankOf("    ")).toEqual([3, " ", 4]);
    expect(blankOf(" ")).toEqual([1, "", 1]);
    expect(blankOf("")).toEqual([0, "", 0]);
    expect(blankOf("a\n")).toEqual([2, "", 2]);
  });

  it("moves with what is edited before it, and stays before what is typed there", () => {
    const place = placeAt(text, at);
    const after = (...edits: (Edit & { readonly by: string })[]) => {
      const now = edited(text, edits);
      return { now, place: moved(place, edits, now) };
    };
    const grown = after(change(0, 5, "Each fine"), change(text.length, text.length, " It rained."));
    expect(grown.now.slice(grown.place.start)).toMatch(/^ lights on the shore.*rained\.$/u);
    expect(grown.place.isAdrift).toBe(false);
    const typed = after(change(at, at, " many"));
    expect(typed.place.start).toBe(at);
    expect(typed.place.after).toMatch(/^ many lights/u);
  });

  it("is adrift when an edit goes across it, and comes back with an undo", () => {
    const place = placeOfCursor(text, at + 1);
    const replaced = edited(text, [change(at - 3, at + 4, "…")]);
    const adrift = moved(place, [change(at - 3, at + 4, "…")], replaced);
    expect(adrift.isAdrift).toBe(true);
    expect(found(replaced, adrift)).toBeNull();
    const undo = change(at - 3, at - 2, text.slice(at - 3, at + 4));
    const back = moved(adrift, [undo], edited(replaced, [undo]));
    expect(back).toEqual(place);
  });

  it("is adrift when all the text before it is replaced", () => {
    const whole = "One line.";
    const edit = change(0, whole.length, "N");
    const adrift = moved(placeAt(whole, whole.length), [edit], "N");
    expect(adrift.isAdrift).toBe(true);
    expect(found("Nothing is left.", adrift)).toBeNull();
    const undo = change(0, 1, whole);
    expect(moved(adrift, [undo], whole)).toEqual(placeAt(whole, whole.length));
  });

  it("is found by the text around it, by one side of it alone, or not at all", () => {
    const place = placeAt(text, at);
    const expectAt = (now: string, where: string | null) =>
      expect(found(now, place)).toBe(where === null ? null : now.indexOf(where));
    expectAt(`Once. ${text}`, " lights");
    expectAt(text.replace(" lights on the shore", " boats"), " boats");
    expectAt(text.replace("The old man counted the", "He saw"), " lights");
    expectAt("Something else.", null);
    // What stands there twice can't be told apart by one side.
    expectAt(`${text.slice(0, at)} x. ${text.slice(0, at)} y.`, null);
  });

  it("is where it was in any text after any edits that do not go across it", () => {
    const words = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "ö"), maxLength: 40 });
    fc.assert(
      fc.property(
        words,
        words,
        words,
        words,
        fc.boolean(),
        (before, after, start, end, isCursor) => {
          const whole = before + after;
          const make = isCursor ? placeOfCursor : placeAt;
          const place = make(whole, before.length);
          const edits = [
            change(0, Math.min(3, place.start), start),
            change(whole.length, whole.length, end),
          ].filter((edit) => edit.endExclusive < place.start || edit.start > endOf(place));
          const now = edited(whole, edits);
          const followed = moved(place, edits, now);
          const rest = whole.slice(place.start);
          expect(now.slice(followed.start, followed.start + rest.length)).toBe(rest);
          expect(found(now, followed)).toBe(followed.start);
        },
      ),
    );
  });

  it("keeps no more of the text than it needs", () => {
    const { before, after }: Place = placeAt("x".repeat(1000), 500);
    expect([before.length, after.length]).toEqual([CONTEXT, CONTEXT]);
  });
});

describe("drawn text", () => {
  it("has whole characters only, each token beginning where its character does", () => {
    const bytes = new TextEncoder().encode("é😀");
    // Every byte is a token by itself.
    const vocabulary = {
      bytes,
      offsets: Uint32Array.from({ length: bytes.length + 1 }, (_, i) => i),
      attributes: new Uint16Array(bytes.length),
      bos: null,
      endOfGeneration: [],
      addsSpacePrefix: false,
    };
    const { text: whole, starts } = drawnText(Int32Array.from([0, 1, 2, 3, 4, 5]), vocabulary);
    expect(whole).toBe("é😀");
    expect(starts).toEqual([0, 0, 1, 1, 1, 1]);
    expect(drawnText(Int32Array.from([0, 1, 2, 3]), vocabulary).text).toBe("é");
  });
});
