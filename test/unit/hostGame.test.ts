import { beforeEach, expect, it, vi } from "vitest";
import { type Memento, workspace } from "vscode";
import type { App } from "../../src/host/app";
import { Game } from "../../src/host/game/game";
import type { Server } from "../../src/host/connection/server";
import type { WordAnswer, WordQuestion } from "../../src/protocol/game";
import { withoutAdapter } from "../../src/protocol/modelIdentity";

const text = "One two three four five six seven eight.";

vi.mock("vscode", async () => ({
  ...(await import("../support/vscodeParts")),
  Uri: { parse: (uri: string) => ({ path: uri }) },
  workspace: { openTextDocument: () => Promise.resolve({ getText: () => text }) },
}));

/** Questions that wait for their answers, by their words. */
let asked: Map<string, (answers: readonly WordAnswer[] | Error) => void>;
let store: Memento;
let pair: ReturnType<App["pair"]>;

const server = {
  request: (
    _: unknown,
    { word }: WordQuestion,
    token: { onCancellationRequested: (stop: () => void) => void },
  ) =>
    new Promise((done, fail) => {
      asked.set(word, (answer) => (answer instanceof Error ? fail(answer) : done(answer)));
      token.onCancellationRequested(() => fail(Object.assign(new Error("-"), { code: -32800 })));
    }),
} as unknown as Server;
const newGame = () => new Game({ server, store, pair: () => pair });
const whole = { kind: "stretch", uri: "story.md", start: 0, endExclusive: text.length } as const;
const answers = (rank: number): WordAnswer[] => [
  { role: "base", tokens: [{ label: "x", rank, probability: 0.1 }], said: "x", choices: [] },
];
/** Lets what has been answered arrive. */
const settled = () => new Promise((done) => setTimeout(done));
const rows = (game: Game) =>
  game.view!.score.rows.map(({ who, meanGuesses }) => [who, meanGuesses]);

beforeEach(() => {
  const values = new Map<string, unknown>();
  asked = new Map();
  pair = { name: "twins", base: withoutAdapter("base.gguf"), rlhf: null };
  store = {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) =>
      Promise.resolve(void values.set(key, structuredClone(value))),
  } as unknown as Memento;
});

it("a word counts once when it is played and answered, in whichever order", async () => {
  const game = newGame();
  await game.begin(whole);
  asked.get("six")!(answers(3));
  await settled();
  expect(game.view).toMatchObject({ number: 1, words: 3, only: "base" });
  expect(rows(game)).toEqual([]);
  game.guess("seven");
  game.guess("six");
  game.giveUp();
  game.outdate();
  expect(rows(game)).toEqual([
    ["you", 2],
    ["base", 3],
  ]);
  await game.next();
  game.guess("seven");
  expect(rows(game)).toEqual([
    ["you", 2],
    ["base", 3],
  ]);
  expect(game.view!.round).toMatchObject({ models: { kind: "asked" }, reveal: { answers: null } });
  asked.get("seven")!(answers(12));
  await settled();
  expect(rows(game)).toEqual([
    ["you", 1.5],
    ["base", 4.5],
  ]);
});

it("a word that the models did not answer does not count, nor does a late answer", async () => {
  const game = newGame();
  await game.begin(whole);
  game.giveUp();
  const late = asked.get("six")!;
  await game.next();
  late(answers(1));
  await settled();
  expect(game.view!.round!.models).toEqual({ kind: "asked" });
  asked.get("seven")!(new Error("Out of memory.\nat native"));
  await settled();
  expect(game.view!.round!.models).toEqual({ kind: "failed", reason: "Out of memory." });
  game.giveUp();
  await game.next();
  game.cancel();
  expect(game.view!.round!.models.kind).toBe("failed");
  game.giveUp();
  await game.next();
  expect(game.view).toMatchObject({ number: 3, round: null, score: { rows: [] } });
  expect(game.progress!.isOver).toBe(true);
});

it("without a pair it says so, and asks when there is one", async () => {
  pair = { problem: "No pair of models is chosen." };
  const game = newGame();
  await game.begin(whole);
  const reason = "No pair of models is chosen.";
  expect(game.view!.round!.models).toEqual({ kind: "failed", reason });
  pair = { name: "twins", base: withoutAdapter("base.gguf"), rlhf: withoutAdapter("rlhf.gguf") };
  game.outdate();
  expect(game.view).toMatchObject({ only: null, round: { models: { kind: "asked" } } });
});

it("goes on in the next window where it was, and asks no model until the player does something", async () => {
  const game = newGame();
  await game.begin(whole);
  asked.get("six")!(answers(1));
  await settled();
  game.guess("six");
  await game.next();
  game.guess("wrong");
  asked.clear();
  const next = newGame();
  await next.resume();
  expect(next.view).toMatchObject({ number: 2, round: { guesses: ["wrong"], guessesLeft: 4 } });
  expect(rows(next)).toEqual([
    ["you", 1],
    ["base", 1],
  ]);
  expect([next.view!.round!.models.kind, asked.size]).toEqual(["later", 0]);
  next.giveUp();
  expect(asked.has("seven")).toBe(true);
  const last = newGame();
  await last.resume();
  expect(last.view).toMatchObject({ number: 3, round: { guesses: [] } });
  await last.startOver();
  expect([last.view!.number, rows(last)]).toEqual([1, []]);
});

it("a text that is too short is refused, and the game before stays", async () => {
  const game = newGame();
  await game.begin(whole);
  const short = game.begin({ ...whole, endExclusive: 5 });
  await expect(short).rejects.toThrow(/too short to play with: 5 words have to stand/u);
  expect(game.view).toMatchObject({ number: 1, words: 3 });
});

it("a key pressed twice while the text is read passes over no word", async () => {
  const game = newGame();
  await game.begin(whole);
  const next = newGame();
  next.giveUp();
  await Promise.all([next.next(), next.next()]);
  expect(next.view).toMatchObject({ number: 2, round: { before: "One two three four five six " } });
});

it("another text that is chosen while the one before is read takes its place", async () => {
  const game = newGame();
  await game.begin(whole);
  game.giveUp();
  const next = newGame();
  const other = { ...whole, start: text.indexOf("eight") };
  await Promise.all([next.begin(other), next.resume()]);
  expect(next.view).toMatchObject({ number: 1, words: 1, round: { guesses: [] } });
});

it("a text that is gone starts over with nothing lost of the score", async () => {
  const game = newGame();
  await game.begin(whole);
  game.guess("six");
  asked.get("six")!(answers(1));
  await settled();
  const read = vi.spyOn(workspace, "openTextDocument").mockRejectedValue(new Error("It is gone."));
  await expect(game.startOver()).rejects.toThrow("It is gone.");
  read.mockRestore();
  expect([game.view!.number, rows(game).length]).toEqual([1, 2]);
});
