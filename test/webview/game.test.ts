/** The game's panel in a real browser: what it says is compared with what it was told. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { WordAnswer } from "../../src/protocol/game";
import type { FromGame, GameView, RoundView, ToGame } from "../../src/protocol/gamePanel";
import { launchBrowser } from "../support/browser";
import { openPanel, type PanelPage, screenshot } from "./panelPage";
import { allThemes, darkTheme } from "./themes";

let browser: Browser;
let panel: PanelPage<ToGame, FromGame>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  panel = await openPanel(browser, "game", darkTheme);
});
afterEach(async () => {
  expect(panel.complaints).toEqual([]);
  await panel.page.close();
});

const hidden: RoundView = {
  before: `${"Every evening at nine the ferry left. ".repeat(60)}The old man counted the `,
  isCut: true,
  guesses: [],
  guessesLeft: 5,
  refusal: null,
  models: { kind: "asked" },
  reveal: null,
};

const base: WordAnswer = {
  role: "base",
  tokens: [{ label: "·lights", rank: 3, probability: 0.11 }],
  said: "days",
  choices: [
    { label: "·days", probability: 0.21 },
    { label: "·money", probability: 0.12 },
    { label: "·lights", probability: 0.11 },
  ],
};
const rlhf: WordAnswer = {
  role: "rlhf",
  tokens: [
    { label: "·l", rank: 1_204, probability: 0.0001 },
    { label: "ights", rank: 2, probability: 0.2 },
  ],
  said: "<b>coins</b>",
  choices: [
    { label: "·<b>", probability: 0.912 },
    { label: "·ship", probability: 0.03 },
  ],
};

const found: RoundView = {
  ...hidden,
  guesses: ["days", "<i>money</i>"],
  guessesLeft: 3,
  models: { kind: "answered" },
  reveal: { word: "lights", found: 3, answers: [base, rlhf] },
};

function game(round: RoundView | null, changes: Partial<GameView> = {}): ToGame {
  const score = { pair: "Embedded pair", rows: [] };
  const shown = { title: "night-ferry.md", number: 3, words: 20, round, only: null, score };
  return { type: "show", game: { ...shown, ...changes } };
}

const score: GameView["score"] = {
  pair: "Embedded pair",
  rows: [
    { who: "you", words: 3, first: 1 / 3, found: 1, meanGuesses: 8 / 3 },
    { who: "base", words: 3, first: 0, found: 2 / 3, meanGuesses: 4 },
    { who: "rlhf", words: 3, first: 0, found: 1 / 3, meanGuesses: 5 },
  ],
};

const button = (name: string) => panel.page.getByRole("button", { name, exact: true });
const status = () => panel.page.locator(".said").innerText();
const focused = () => panel.page.evaluate(() => document.activeElement?.textContent);
const press = (key: string) => panel.page.keyboard.press(key);

describe("a hidden word", () => {
  test("has the text before it, scrolled to its end", async () => {
    await panel.waitFor("ready");
    await panel.page.getByText("Waiting for the text …").waitFor();
    await panel.send(game(hidden));
    expect(await panel.page.locator(".place").innerText()).toBe("night-ferry.md, word 3 of 20");
    const text = panel.page.getByRole("region", { name: "Text before the hidden word" });
    expect(await text.innerText()).toBe(`… ${hidden.before}?`);
    const bottom = await text.evaluate((box) => [
      box.scrollTop + box.clientHeight,
      box.scrollHeight,
    ]);
    expect(Math.abs(bottom[0]! - bottom[1]!)).toBeLessThan(2);
    expect(bottom[1]).toBeGreaterThan(400);
  });

  test("is guessed, given up and followed by the next one with the keyboard alone", async () => {
    await panel.send(game(hidden));
    await expect.poll(focused).toBe("Your guess");
    await panel.page.keyboard.type("days");
    await press("Enter");
    expect(await panel.waitFor("guess")).toEqual({ type: "guess", text: "days" });
    await panel.answer("guess");
    await panel.send(game({ ...hidden, guesses: ["days"], guessesLeft: 4 }));
    await expect.poll(status).toBe("Not “days”. 4 guesses left.");
    await panel.forget();
    await panel.page.keyboard.type("money");
    await press("Enter");
    expect(await panel.waitFor("guess")).toEqual({ type: "guess", text: "money" });
    await press("Tab");
    await press("Tab");
    await press("Enter");
    await panel.waitFor("giveUp");
    await panel.send(game({ ...found, reveal: { ...found.reveal!, found: null } }));
    await expect.poll(focused).toBe("Next Word");
    await press("Enter");
    await panel.waitFor("next");
    await panel.send(game(hidden, { number: 4 }));
    await expect.poll(focused).toBe("Your guess");
    await panel.page.keyboard.type("x");
    await press("Enter");
    expect((await panel.posted()).at(-1)).toEqual({ type: "guess", text: "x" });
  });

  test("is not passed over by a key that is held", async () => {
    await panel.send(game(found));
    await expect.poll(focused).toBe("Next Word");
    await panel.page.keyboard.down("Enter");
    for (let i = 0; i < 5; i++) await panel.page.keyboard.down("Enter");
    await panel.page.keyboard.up("Enter");
    expect((await panel.posted()).filter(({ type }) => type === "next")).toHaveLength(1);
  });

  test.each([
    ["empty", "Type a word. 5 guesses left."],
    ["several", "One word at a time. 5 guesses left."],
    ["repeated", "You have tried that. 5 guesses left."],
  ] as const)("a guess that is %s is told so", async (refusal, words) => {
    await panel.send(game({ ...hidden, refusal }));
    await expect.poll(status).toBe(words);
  });

  test("what is typed stays while the models are asked", async () => {
    await panel.send(game({ ...hidden, models: { kind: "later" } }));
    await panel.page.getByText("The models are asked as soon as you guess.").waitFor();
    await panel.page.keyboard.type("li");
    await panel.send(game(hidden));
    await panel.send({
      type: "progress",
      progress: { phase: "loading", role: "rlhf", fraction: 0.4 },
    });
    await panel.page.getByText("Loading the RLHF model, 40 %").waitFor();
    expect(await panel.page.getByRole("progressbar").getAttribute("value")).toBe("0.4");
    await panel.page.keyboard.type("ghts");
    await panel.send(game({ ...hidden, guesses: ["days"], guessesLeft: 4 }));
    await expect.poll(status).toBe("Not “days”. 4 guesses left.");
    expect(await panel.page.getByText("Loading the RLHF model, 40 %").isVisible()).toBe(true);
    expect(await panel.page.getByRole("progressbar").getAttribute("value")).toBe("0.4");
    await button("Cancel").click();
    await panel.waitFor("cancel");
    await panel.send(game({ ...hidden, models: { kind: "failed", reason: "Out of memory." } }));
    expect(await panel.page.getByRole("alert").allInnerTexts()).toContain("Out of memory.");
    await button("Ask Again").click();
    await panel.waitFor("ask");
    await button("Choose Pair…").click();
    await panel.waitFor("choosePair");
    await button("Guess").click();
    expect(await panel.waitFor("guess")).toEqual({ type: "guess", text: "lights" });
  });
});

describe("a word that has been played", () => {
  test("stands in the text, with what each model would have said", async () => {
    await panel.send(game(found));
    expect(await status()).toBe(
      "Right, “lights”, at guess 3 of 5. Base would have needed 3 guesses, RLHF 1,205.",
    );
    expect(await panel.page.locator(".passage .found").innerText()).toBe("lights");
    expect(await panel.page.locator(".guesses li").allInnerTexts()).toEqual(found.guesses);
    const part = (name: string) => panel.page.getByRole("region", { name, exact: true });
    expect(await part("Base").locator("p").allInnerTexts()).toEqual([
      "Would have said: days",
      "Would have needed 3 guesses: it gave the word 11 %.",
    ]);
    expect(await part("Base").locator("tr.own").innerText()).toMatch(
      /^3\s+·lights\s*the word\s+11 %$/u,
    );
    expect(await part("RLHF").locator("p").allInnerTexts()).toEqual([
      "Would have said: <b>coins</b>",
      "Would have needed 1,205 guesses: it gave the word 0.0020 %. Its tokens rank: ·l 1,204, ights 2.",
    ]);
    const rows = await part("RLHF").locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/u))).toEqual([
      ["1", "·<b>", "91 %"],
      ["2", "·ship", "3.0 %"],
      ["1,204", "·lthe word", "0.010 %"],
    ]);
    expect(await panel.page.locator("main b *, main i").count()).toBe(0);
    expect(await panel.page.locator(".models").isVisible()).toBe(false);
  });

  test.each([
    ["asked", "It was “lights”. It counts as soon as the models have answered."],
    ["failed", "It was “lights”. It does not count, as the models have not answered."],
  ] as const)("does not wait for models that are %s", async (kind, words) => {
    const models = kind === "asked" ? { kind } : { kind, reason: "They are gone." };
    await panel.send(
      game({ ...found, models, reveal: { word: "lights", found: null, answers: null } }),
    );
    await expect.poll(status).toBe(words);
    await button("Next Word").click();
    await panel.waitFor("next");
  });

  test("counts, beside the models on the same words", async () => {
    await panel.send(game(found, { score }));
    const part = panel.page.getByRole("region", { name: "Score" });
    expect(await part.locator("p").innerText()).toBe("3 words against Embedded pair");
    const rows = await part.locator("tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/u))).toEqual([
      ["You", "33 %", "100 %", "2.67"],
      ["Base", "0 %", "67 %", "4.00"],
      ["RLHF", "0 %", "33 %", "5.00"],
    ]);
    await button("Start Over").click();
    await panel.waitFor("startOver");
  });
});

test("after the last word another text can be chosen", async () => {
  await panel.send(game(null, { number: 20, score }));
  await panel.page.getByText("That was the last word.").waitFor();
  expect(await panel.page.locator("vscode-text-field").isVisible()).toBe(false);
  await button("Choose Text…").click();
  await panel.waitFor("chooseText");
  await panel.answer("chooseText", "notes.md is too short to play with.");
  await panel.page.getByText("notes.md is too short to play with.").waitFor();
});

test("a game whose text is gone says so", async () => {
  await panel.send(game(null, { number: 3, score }));
  await panel.page.getByText("There is no word to guess. Choose another text.").waitFor();
  await panel.answer("ready", "notes.md can't be read.");
  await panel.page.getByText("notes.md can't be read.").waitFor();
});

test("a pair of one model says so", async () => {
  await panel.send(game(hidden, { only: "rlhf" }));
  expect(await panel.page.locator(".note").innerText()).toBe(
    "The RLHF model plays alone. Choose a pair with both to compare them.",
  );
  await button("Choose a pair").click();
  await panel.waitFor("choosePair");
});

test("fits a narrow column", async () => {
  await panel.page.setViewportSize({ width: 380, height: 800 });
  await panel.send(game(found, { score, title: "x".repeat(80) }));
  await button("Next Word").waitFor();
  const width = await panel.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(380);
  await screenshot(panel.page, "game-narrow");
});

test.each(allThemes)("follows the theme $name", async (theme) => {
  await panel.setTheme(theme);
  await panel.send(game({ ...hidden, guesses: ["days", "money"], guessesLeft: 3 }, { score }));
  await screenshot(panel.page, `game-guessing-${theme.name}`);
  await panel.send(game(found, { score }));
  const border = await panel.page.locator(".answer.rlhf").evaluate((part) => {
    const probe = document.createElement("div");
    probe.style.color = "var(--twinlens-rlhf)";
    document.body.append(probe);
    const colors = [getComputedStyle(part).borderTopColor, getComputedStyle(probe).color];
    probe.remove();
    return colors;
  });
  expect(border[0]).toBe(border[1]);
  await screenshot(panel.page, `game-${theme.name}`);
});
