import { type Generator, sampleGenerator } from "../../../analysis/statistics/random";
import type { Sample, Vocabulary } from "../../engine";
import { isControl, textOfPieces } from "../../pieces";

/** A sample that grows: its tokens, with their plain scores beside them. */
export class Continuation {
  readonly random: Generator;
  /** Number of its tokens; the columns have room for more. */
  length = 0;
  readonly logProbability: Float32Array;
  readonly entropy: Float32Array;
  readonly rank: Uint32Array;
  private readonly ids: Int32Array;

  constructor(
    private readonly index: number,
    seed: number,
    private readonly maxTokens: number,
  ) {
    this.random = sampleGenerator(seed, index);
    this.ids = new Int32Array(maxTokens);
    this.logProbability = new Float32Array(maxTokens);
    this.entropy = new Float32Array(maxTokens);
    this.rank = new Uint32Array(maxTokens);
  }

  get lastToken(): number {
    return this.ids[this.length - 1]!;
  }

  get isFull(): boolean {
    return this.length === this.maxTokens;
  }

  /** Adds a token whose scores stand at place `length` of the columns. */
  add(token: number): void {
    this.ids[this.length++] = token;
  }

  toSample(vocabulary: Vocabulary, ended: Sample["ended"]): Sample {
    const ids = this.ids.slice(0, this.length);
    const words = ids.filter((id) => !isControl(vocabulary, id));
    return {
      index: this.index,
      ids,
      text: textOfPieces(vocabulary, words),
      logProbability: this.logProbability.slice(0, this.length),
      entropy: this.entropy.slice(0, this.length),
      rank: this.rank.slice(0, this.length),
      ended,
    };
  }
}
