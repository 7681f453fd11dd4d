import { CancellationTokenSource, type Disposable, EventEmitter, type Memento } from "vscode";
import { GameRequest, type HiddenWord } from "../../protocol/game";
import type { GameView } from "../../protocol/gamePanel";
import type { Server } from "../connection/server";
import { type NoPair, onlyModel, type ResolvedPair } from "../settings/pairs";
import { firstLine, isCancelled, isEndOfServer } from "../window/errors";
import { anew, type GameText, hiddenWords, titleOf } from "./gameText";
import { type Asked, countedWord, roundView, scoreView } from "./gameView";
import { type CountedWord, type KeptGame, readKept, writeKept } from "./keptGame";
import { givenUp, guessed, newRound, type Round } from "./round";

export interface GameOptions {
  readonly server: Server;
  /** What is kept there outlives a reload of the window. */
  readonly store: Memento;
  /** The pair in use. */
  readonly pair: () => ResolvedPair | NoPair;
}

export interface GameProgress {
  readonly title: string;
  /** Of the word that was dealt last, from 1, and how many there are. */
  readonly number: number;
  readonly words: number;
  /** All have been played. */
  readonly isOver: boolean;
}

/** Where in which text the player is. */
type Place = Pick<KeptGame, "text" | "number" | "words">;

/** The window's one game: the words of a text, the one that is played, and the score. */
export class Game implements Disposable {
  private place: Place | null = null;
  private round: Round | null = null;
  private counted: readonly CountedWord[] = [];
  private asked: Asked = { kind: "later" };
  private question: CancellationTokenSource | null = null;
  /** The round stands in the score. */
  private isCounted = false;
  /** All of the text's; null: not read in this window yet. */
  private hidden: readonly HiddenWord[] | null = null;
  private readonly change = new EventEmitter<void>();
  readonly onDidChange = this.change.event;

  constructor(private readonly options: GameOptions) {
    const kept = readKept(options.store);
    if (kept === null) return;
    const { round, counted, ...place } = kept;
    this.place = place;
    this.counted = counted;
    this.round = round && { ...newRound(round.passage), guesses: round.guesses };
  }

  /** What is played with, and how far the player is; null: nothing was begun. */
  get progress(): GameProgress | null {
    const { place, round } = this;
    if (place === null) return null;
    const { text, number, words } = place;
    return { title: titleOf(text), number, words, isOver: number >= words && round?.end !== null };
  }

  get isAsking(): boolean {
    return this.asked.kind === "asked";
  }

  /** null: nothing was begun. */
  get view(): GameView | null {
    const { progress, round, asked, counted } = this;
    if (progress === null) return null;
    const { title, number, words } = progress;
    return {
      title,
      number,
      words,
      round: round && roundView(round, asked),
      only: onlyModel(this.options.pair()),
      score: scoreView(counted, this.pairName),
    };
  }

  /** Deals the first word of a text; the score stays. @throws as `hiddenWords` */
  async begin(text: GameText): Promise<void> {
    this.play(text, await hiddenWords(text, this.options.server));
  }

  /** A game of an earlier window goes on; models are asked when the player does something. @throws as `hiddenWords` */
  async resume(): Promise<void> {
    if (this.round === null) await this.dealNext();
  }

  guess(text: string): void {
    this.step((round) => guessed(round, text));
  }

  giveUp(): void {
    this.step(givenUp);
  }

  /** Deals the next word; one that the models have not answered for does not count. @throws as `hiddenWords` */
  async next(): Promise<void> {
    if (this.round?.end !== null && (await this.dealNext())) void this.ask();
  }

  /** Clears the score and begins the text again. @throws as `hiddenWords` */
  async startOver(): Promise<void> {
    if (this.place === null) return;
    const text = anew(this.place.text);
    const hidden = await hiddenWords(text, this.options.server);
    this.counted = [];
    this.play(text, hidden);
  }

  /** Asks the models for the word, in place of what they were asked before. */
  async ask(): Promise<void> {
    this.endQuestion();
    const { round } = this;
    if (round === null) return;
    const pair = this.options.pair();
    if ("problem" in pair) return this.hear({ kind: "failed", reason: pair.problem });
    const question = (this.question = new CancellationTokenSource());
    this.hear({ kind: "asked" });
    const { before, word } = round.passage;
    const asked = await this.options.server
      .request(GameRequest.ask, { before, word }, question.token)
      .then<Asked, Asked>(
        (answers) => ({ kind: "answered", pair: pair.name, answers }),
        (error: unknown) => ({ kind: "failed", reason: reasonOf(error) }),
      );
    if (this.question === question) this.hear(asked);
  }

  cancel(): void {
    this.endQuestion();
    if (this.isAsking) this.hear({ kind: "failed", reason: CANCELLED });
  }

  /** The models or how they read are others: a word that is still hidden is asked for again. */
  outdate(): void {
    if (this.round?.end === null && this.asked.kind !== "later") void this.ask();
    else this.change.fire();
  }

  dispose(): void {
    this.endQuestion();
    this.change.dispose();
  }

  private play(text: GameText, hidden: readonly HiddenWord[]): void {
    this.deal({ text, number: 0 }, hidden);
    void this.ask();
  }

  private step(take: (round: Round) => Round): void {
    if (this.round === null || this.round.end !== null) return;
    this.round = take(this.round);
    if (this.asked.kind === "later") void this.ask();
    this.changed();
  }

  private hear(asked: Asked): void {
    this.asked = asked;
    this.changed();
  }

  /** False: nothing was begun, or the player was given another word while the text was read. */
  private async dealNext(): Promise<boolean> {
    const { place } = this;
    if (place === null) return false;
    const hidden = this.hidden ?? (await hiddenWords(place.text, this.options.server));
    if (this.place !== place) return false;
    this.deal(place, hidden);
    return true;
  }

  /** Takes the word behind a place in the text; without one all have been played. */
  private deal({ text, number }: Omit<Place, "words">, hidden: readonly HiddenWord[]): void {
    this.endQuestion();
    const passage = hidden[number];
    this.hidden = hidden;
    this.round = passage ? newRound(passage) : null;
    this.place = { text, number: number + (passage ? 1 : 0), words: hidden.length };
    this.asked = { kind: "later" };
    this.isCounted = false;
    this.changed();
  }

  private changed(): void {
    this.count();
    this.keep();
    this.change.fire();
  }

  /** A word counts when it has been played and the models have answered, in whichever order. */
  private count(): void {
    const { round, asked } = this;
    if (this.isCounted || asked.kind !== "answered" || round === null || round.end === null) return;
    this.counted = [...this.counted, countedWord(round, asked)];
    this.isCounted = true;
  }

  private keep(): void {
    const { place, round, counted } = this;
    if (place === null) return;
    const open = round?.end === null ? { passage: round.passage, guesses: round.guesses } : null;
    writeKept(this.options.store, { ...place, round: open, counted });
  }

  private endQuestion(): void {
    this.question?.cancel();
    this.question?.dispose();
    this.question = null;
  }

  private get pairName(): string {
    const pair = this.options.pair();
    return "problem" in pair ? "" : pair.name;
  }
}

const CANCELLED = "The models were not asked to the end.";

/** In words for the player. */
function reasonOf(error: unknown): string {
  if (isCancelled(error)) return CANCELLED;
  if (isEndOfServer(error)) return "The language server ended before the models had answered.";
  return firstLine(error);
}
