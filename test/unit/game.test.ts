import { describe, expect, it, vi } from "vitest";
import { guessesOf, guessingScore, isSameWord } from "../../src/analysis/scores/guessing";
import { countedWord, roundView, scoreView } from "../../src/host/game/gameView";
import { givenUp, guessed, newRound, rightGuess, type Round } from "../../src/host/game/round";
import { jobsText, jobText } from "../../src/host/status/jobTexts";
import type { WordAnswer } from "../../src/protocol/game";
import type { GameJobView } from "../../src/protocol/jobs";

vi.mock("vscode", () => ({}));

const round = newRound({ before: "He counted the ", isCut: false, word: "Lights" });
const after = (...guesses: string[]) => guesses.reduce(guessed, round);

describe("a guess", () => {
  it.each([
    ["lights", "Lights", true],
    [" LIGHTS! ", "lights", true],
    ["“can’t”", "can't", true],
    ["ｆｅｒｒｙ", "ferry", true],
    ["cafe", "café", false],
    ["cafe\u0301", "café", true],
    ["light", "lights", false],
    ["well known", "well-known", false],
  ])("%s is %s: %s", (guess, word, isSame) => {
    expect(isSameWord(guess, word)).toBe(isSame);
  });

  it("is right, wrong, or does not count", () => {
    expect(after("lights")).toEqual({ ...round, end: "found" });
    expect(after(" days ", "Lights.")).toEqual({ ...round, guesses: ["days"], end: "found" });
    expect(after("days", "DAYS")).toMatchObject({ guesses: ["days"], refusal: "repeated" });
    expect(after("the lights")).toMatchObject({ guesses: [], refusal: "several" });
    expect(after(" ?! ")).toMatchObject({ guesses: [], refusal: "empty" });
    expect(after("", "days")).toEqual({ ...round, guesses: ["days"] });
  });

  it("is the last one after five wrong ones", () => {
    const missed = after("a", "b", "c", "d", "e");
    expect(missed.end).toBe("missed");
    expect(guessed(missed, "lights")).toBe(missed);
    expect([missed, after("a", "lights"), givenUp(round)].map(rightGuess)).toEqual([null, 2, null]);
    expect(givenUp(after("lights")).end).toBe("found");
  });
});

const answer = (role: WordAnswer["role"], ...ranks: number[]): WordAnswer => ({
  role,
  tokens: ranks.map((rank) => ({ label: "x", probability: 0.1, rank })),
  said: "x",
  choices: [],
});

describe("what the page knows", () => {
  const answered = { kind: "answered", pair: "twins", answers: [answer("base", 1)] } as const;

  it("of a word that is still hidden is neither the word nor an answer", () => {
    const view = roundView(after("days"), answered);
    expect(view).toMatchObject({ models: { kind: "answered" }, reveal: null, guessesLeft: 4 });
    expect(JSON.stringify(view)).not.toMatch(/lights|"tokens"/iu);
  });

  it("is all of it when it is over", () => {
    expect(roundView(after("days", "lights"), answered).reveal).toEqual({
      word: "Lights",
      found: 2,
      answers: answered.answers,
    });
    expect(roundView(givenUp(round), { kind: "asked" }).reveal).toEqual({
      word: "Lights",
      found: null,
      answers: null,
    });
  });
});

describe("the score", () => {
  it("counts the guesses that models would have needed, token by token", () => {
    // Two wrong ones before the first token, none before the second, then the word.
    expect([[1], [12], [1, 1, 1], [3, 1]].map(guessesOf)).toEqual([1, 12, 1, 3]);
  });

  it("takes a word that was not found for one guess more than there are", () => {
    const { words, first, found, meanGuesses } = guessingScore([1, null, 3, 1]);
    expect({ words, first, found, meanGuesses }).toEqual({
      words: 4,
      first: 2 / 4,
      found: 3 / 4,
      meanGuesses: (1 + 6 + 3 + 1) / 4,
    });
    expect(guessingScore([]).meanGuesses).toBeNaN();
  });

  it("stands beside that of the pair's models on the same words", () => {
    const count = (over: Round, pair: string, ...answers: WordAnswer[]) =>
      countedWord(over, { kind: "answered", pair, answers });
    const counted = [
      count(after("lights"), "twins", answer("base", 3), answer("rlhf", 12)),
      count(after("a", "lights"), "twins", answer("base", 1, 1), answer("rlhf", 2, 4)),
      count(givenUp(round), "one", answer("rlhf", 1)),
    ];
    const rows = (pair: string) =>
      scoreView(counted, pair).rows.map(({ who, words, first, found, meanGuesses }) =>
        [who, words, first, found, meanGuesses].join(" "),
      );
    expect(rows("twins")).toEqual(["you 2 0.5 1 1.5", "base 2 0.5 1 2", "rlhf 2 0 0.5 5.5"]);
    expect(rows("one")).toEqual(["you 1 0 0 6", "rlhf 1 1 1 1"]);
    expect(rows("another")).toEqual([]);
  });
});

it("a question among the jobs says what is done for it", () => {
  const job: GameJobView = {
    kind: "game",
    title: "Guess the Next Word",
    waitsFor: null,
    secondsLeft: null,
    progress: { phase: "loading", role: "rlhf", fraction: 0.456 },
  };
  expect(jobText(job)).toBe("Loading the RLHF model, 45 %");
  const reading = { phase: "reading", role: "base", fraction: null } as const;
  expect(jobText({ ...job, progress: reading })).toBe("Asking the base model");
  expect(jobText({ ...job, progress: null })).toBe("Starting");
  expect(jobsText([job])).toBe("1 job");
});
