import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { replacement, tokenDetails } from "../../src/server/features/details";
import { hover } from "../../src/server/features/hover";
import { wordLine } from "../../src/server/features/wordLine";
import { HighlightedDocument } from "../../src/server/documents/highlighted";
import type { Conditions, LayerScores } from "../../src/server/documents/layers";
import type { Scope } from "../../src/server/scoring/scope";
import { scoresOf, type TokenRow, withoutDistribution } from "../support/scores";

const TEXT = "the old fox ran";
const PIECES = ["the", " old", " fox", " ran", " cat", " dog"];
const [CAT, DOG] = [4, 5];
const TWINS: Conditions = { pair: "twins", key: "1" };
const SIBLINGS: Conditions = { pair: "siblings", key: "2" };

/** Scores whose only alternative everywhere is `alternative`. */
function role(rows: readonly TokenRow[], alternative: number): LayerScores {
  const scores = scoresOf(rows);
  scores.columns.distribution!.topId.fill(alternative);
  const pieces = PIECES.map((piece) => Buffer.from(piece));
  const vocabulary = {
    bytes: Buffer.concat(pieces),
    offsets: Uint32Array.from([
      0,
      ...pieces.map((_, i) => Buffer.concat(pieces.slice(0, i + 1)).length),
    ]),
    attributes: new Uint16Array(PIECES.length).fill(1 << 2),
    bos: null,
    endOfGeneration: [],
    addsSpacePrefix: false,
  };
  return { scores, original: scores, prefix: null, vocabulary };
}

/** Tokens of the text from its first on, the last `unscored` of them without a score. */
const rows = (unscored: number, texts = PIECES.slice(0, 4)): TokenRow[] =>
  texts.map((text, i) => ({ text, bits: i < texts.length - unscored ? 1 : null }));

/** What a job has found by now, and behind it what the one before had found, which is stale from an offset on. */
function highlighted(newest: LayerScores | null, older: LayerScores, staleFrom = Infinity) {
  const document = TextDocument.create("file:///a.txt", "plaintext", 7, TEXT);
  const target = new HighlightedDocument(
    document,
    { range: null, asReply: false, prompt: null },
    TWINS,
  );
  target.layers = [
    { conditions: TWINS, base: newest, rlhf: null, staleFrom: Infinity },
    { conditions: TWINS, base: older, rlhf: null, staleFrom },
  ];
  return target;
}

/** What a click inserts on the first alternative that a hover shows at an offset. */
function inserted(target: HighlightedDocument, offset: number): string | null {
  const [token] = tokenDetails(target, offset)!.tokens;
  const params = {
    uri: "",
    version: 7,
    role: "base",
    token: token!.token,
    alternative: 0,
  } as const;
  const found = replacement(target, params);
  if (found) expect(found.range).toEqual(token!.range);
  return found?.text ?? null;
}

describe("an alternative that a hover shows", () => {
  const at = (word: string) => TEXT.indexOf(word);

  it("is inserted from the layer that it was read from", () => {
    // The running job has scored two of four tokens so far.
    const target = highlighted(role(rows(2), CAT), role(rows(0), DOG));
    expect(inserted(target, at("old"))).toBe(" cat");
    expect(inserted(target, at("fox"))).toBe(" dog");
  });

  it("of a model that the running job has not come to is inserted", () => {
    expect(inserted(highlighted(null, role(rows(0), DOG)), at("fox"))).toBe(" dog");
  });

  it("is not inserted where its layer is stale", () => {
    const target = highlighted(role(rows(2), CAT), role(rows(0), DOG), at("fox"));
    expect(inserted(target, at("old"))).toBe(" cat");
    expect(inserted(target, at("fox"))).toBeNull();
  });

  it("is none where distributions were not measured, and the bits stand alone", () => {
    const whole = role(rows(0), CAT);
    const target = highlighted(null, { ...whole, scores: withoutDistribution(whole.scores) });
    const score = tokenDetails(target, at("fox"))!.tokens[0]!.score!;
    expect(score.distribution).toBeNull();
    expect(score.logProbability).toBeCloseTo(-Math.LN2, 12);
    expect(inserted(target, at("fox"))).toBeNull();
    expect(JSON.stringify(hover(target, at("fox"))!.contents)).toContain("not measured");
  });

  it("is not inserted where its number means another token in the other layer", () => {
    // The job before saw the answer alone: its first token is the newest's second.
    const answer = [" old", " fox", " ran"].map((text, i) => {
      const start = at(text);
      return { text, bits: 1, ...(i === 0 && { range: [start, start + text.length] as const }) };
    });
    const target = highlighted(role(rows(2), CAT), role(answer, DOG));
    expect(tokenDetails(target, at("fox"))!.tokens[0]!.token).toBe(1);
    expect(inserted(target, at("fox"))).toBeNull();
    expect(inserted(target, at("ran"))).toBe(" dog");
  });
});

describe("after a change of pair", () => {
  const at = (word: string) => TEXT.indexOf(word);
  const changed = (newest: LayerScores | null) => {
    const target = highlighted(newest, role(rows(0), DOG));
    const [first, second] = target.layers;
    target.inUse = SIBLINGS;
    target.layers = [
      { ...first!, conditions: SIBLINGS },
      { ...second!, rlhf: role(rows(0), DOG) },
    ];
    return target;
  };

  it("a token is of the pair that the hover names, and is not replaced", () => {
    const target = changed(null);
    const details = tokenDetails(target, at("fox"))!;
    expect(details).toMatchObject({
      stale: true,
      measured: { pair: "twins", replacedBy: "siblings" },
    });
    expect(JSON.stringify(hover(target, at("fox")))).toContain("measured with twins");
    expect(inserted(target, at("fox"))).toBeNull();
  });

  it("one table never shows both pairs", () => {
    const details = tokenDetails(changed(role(rows(2), CAT)), at("old"))!;
    expect(details).toMatchObject({ stale: false, measured: { pair: "siblings" } });
    expect(details.tokens.map(({ role }) => role)).toEqual(["base"]);
  });

  it("a job builds on what the pair in use has found, however little that is", () => {
    const newest = role(rows(2), CAT);
    const scored = { ...newest.scores, scoredRange: { start: 0, endExclusive: 2 } };
    const target = changed({ ...newest, scores: scored });
    expect(target.beginLayer().conditions).toEqual(SIBLINGS);
    expect(target.measured).toEqual({ pair: "siblings", replacedBy: null });
  });

  it("the numbers are those of the pair in use again where that comes back", () => {
    const target = changed(null);
    target.inUse = { ...TWINS, pair: "twins by another name" };
    expect(target.measured).toEqual({ pair: "twins by another name", replacedBy: null });
  });
});

describe("a character that no token stands for", () => {
  const text = "the\0 fox\x04";
  function scored(
    withoutToken: number,
    scope: Scope = { range: null, asReply: false, prompt: null },
  ) {
    const document = TextDocument.create("file:///a.txt", "plaintext", 7, text);
    const target = new HighlightedDocument(document, scope, TWINS);
    const found = role(
      [
        { text: "the", bits: 1 },
        { text: " fox", range: [4, 8], bits: 1 },
      ],
      CAT,
    );
    const columns = { ...found.scores.columns, withoutToken };
    const base = { ...found, scores: { ...found.scores, columns } };
    target.layers = [{ conditions: TWINS, base, rlhf: null, staleFrom: Infinity }];
    return target;
  }

  it("is named in a hover, at the end of the text too", () => {
    for (const offset of [3, 8]) {
      expect(JSON.stringify(hover(scored(2), offset))).toContain("No token stands for this");
    }
    expect(JSON.stringify(hover(scored(2), 5))).toContain("surprisal");
    expect(hover(scored(2), 9)).toBeNull();
  });

  it("is not named where nothing was left out, nor outside of what was read", () => {
    expect(hover(scored(0), 3)).toBeNull();
    expect(
      hover(scored(2, { range: { start: 0, endExclusive: 4 }, asReply: true, prompt: null }), 8),
    ).toBeNull();
  });
});

describe("the hover's line on a word", () => {
  const TOKENS = { surprisal: "tokens", punctuation: "joined" } as const;
  const of = (newest: LayerScores | null, word: string, staleFrom?: number) =>
    wordLine(highlighted(newest, role(rows(0), CAT), staleFrom), TEXT.indexOf(word), TOKENS);

  it("has the bits of all its tokens", () => {
    const pieces = ["the", " o", "ld", " fox", " ran"].map((text) => ({ text, bits: 1.5 }));
    expect(of(role(pieces, DOG), "ld")).toBe("Word **old**: 3.00 bits under base.");
    expect(of(role(pieces, DOG), "the")).toBe("Word **the**: 1.50 bits under base.");
  });

  it("is missing on a blank, and where a word is not scored or has changed", () => {
    expect(of(role(rows(0), DOG), " old")).toBe("");
    expect(of(role(rows(1), DOG), "ran")).toBe("");
    expect(of(null, "fox", TEXT.indexOf("fox") + 3)).toBe("Word **fox**: 1.00 bits under base.");
    expect(of(null, "ran", TEXT.indexOf("fox"))).toBe("");
  });

  it("is missing where other settings have measured", () => {
    const target = highlighted(role(rows(0), CAT), role(rows(0), CAT));
    target.inUse = SIBLINGS;
    expect(wordLine(target, 0, TOKENS)).toBe("");
  });
});
