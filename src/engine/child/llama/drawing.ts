import type { Sample, Vocabulary } from "../../engine";
import { noDistribution } from "../../errors";
import { Continuation } from "./continuation";
import type { Policy } from "./policy";
import type { Sequences } from "./sequences";

const PROGRESS_MS = 100;

/** A continuation to draw. */
export interface Start {
  readonly prompt: Int32Array;
  /** Number of the sample; sample i has a generator seeded by (seed, i). */
  readonly index: number;
  /** Of the continuation, where the context ends at the latest; ≥ 1. */
  readonly maxTokens: number;
}

export interface DrawingOptions {
  readonly sequences: Sequences;
  readonly choose: Policy;
  readonly model: { readonly name: string; readonly vocabulary: Vocabulary };
  /** Those of one prompt stand side by side. */
  readonly starts: readonly Start[];
  readonly seed: number;
  /** Gets each sample when it ends, and now and then the number of tokens drawn so far. */
  readonly emit: (event: Sample | number) => void;
}

/**
 * Continuations that grow side by side, one in each sequence: what the policy chooses is added to each, step by step, and
 * one that ends makes room for the next.
 */
export class Drawing {
  private readonly endTokens: ReadonlySet<number>;
  private readonly waiting: Start[];
  /** The continuation in each sequence, by its number; no holes. */
  private readonly running: Continuation[] = [];
  private tokens = 0;
  private lastProgress = 0;

  constructor(private readonly options: DrawingOptions) {
    this.endTokens = new Set(options.model.vocabulary.endOfGeneration);
    this.waiting = [...options.starts];
  }

  /**
   * @param width sequences that may be used
   * @param nextTurn waits between two decodes; a cancel rejects it
   */
  async run(width: number, nextTurn: () => Promise<void>): Promise<void> {
    for (let sequence = 0; sequence < width; sequence++) {
      if (!(await this.startNext(sequence, nextTurn))) break;
    }
    while (this.running.length > 0) {
      await nextTurn();
      await this.step(nextTurn);
      this.reportTokens();
    }
    this.options.emit(this.tokens);
  }

  /** Adds a token to every running continuation; those that end make room. */
  private async step(nextTurn: () => Promise<void>): Promise<void> {
    const ended: number[] = [];
    this.options.sequences.step(this.running, (row, sequence) => {
      if (!this.advance(this.running[sequence]!, row)) ended.push(sequence);
    });
    const free: number[] = [];
    for (const sequence of ended) {
      if (!(await this.startNext(sequence, nextTurn))) free.push(sequence);
    }
    for (const sequence of free.reverse()) this.fillWithLast(sequence);
  }

  /** Starts waiting samples in a free sequence until one goes on after its first token; false: none does. */
  private async startNext(sequence: number, nextTurn: () => Promise<void>): Promise<boolean> {
    const { sequences, seed } = this.options;
    while (this.waiting.length > 0) {
      const { prompt, index, maxTokens } = this.waiting.shift()!;
      const continuation = new Continuation(index, seed, maxTokens);
      await sequences.keepPrompt(prompt, nextTurn);
      sequences.readPromptRow();
      if (!this.advance(continuation, 0)) continue;
      sequences.begin(sequence);
      this.running[sequence] = continuation;
      return true;
    }
    return false;
  }

  /** Moves the continuation of the last sequence into a free one. */
  private fillWithLast(sequence: number): void {
    const last = this.running.pop()!;
    if (sequence === this.running.length) return;
    this.options.sequences.copy(this.running.length, sequence);
    this.running[sequence] = last;
  }

  /** Adds a token that is chosen from `row`; false when the continuation has ended (and was emitted). */
  private advance(continuation: Continuation, row: number): boolean {
    const { choose, model, emit } = this.options;
    const token = choose(row, continuation);
    if (token < 0) throw noDistribution(model.name);
    if (this.endTokens.has(token)) {
      emit(continuation.toSample(model.vocabulary, "end"));
      return false;
    }
    continuation.add(token);
    this.tokens++;
    if (!continuation.isFull) return true;
    emit(continuation.toSample(model.vocabulary, "length"));
    return false;
  }

  private reportTokens(): void {
    const now = Date.now();
    if (now - this.lastProgress < PROGRESS_MS) return;
    this.lastProgress = now;
    this.options.emit(this.tokens);
  }
}
