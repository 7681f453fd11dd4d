import koffi from "koffi";
import type { Library, Pointer, Struct } from "./library";

const INT32_BYTES = 4;

/**
 * A `llama_batch` in native memory, filled from typed arrays: entry i is token `token[i]` at position `position[i]` of
 * sequence `sequence[i]`; `wantsLogits[i]` asks for its logits. Each entry belongs to one sequence.
 */
export class Batch {
  readonly token: Int32Array;
  readonly position: Int32Array;
  readonly sequence: Int32Array;
  readonly wantsLogits: Int8Array;
  private readonly memory: {
    readonly token: Pointer;
    readonly position: Pointer;
    readonly sequence: Pointer;
    readonly wantsLogits: Pointer;
    readonly sequenceCount: Pointer;
    readonly sequencePointers: Pointer;
  };

  constructor(
    private readonly library: Library,
    readonly capacity: number,
  ) {
    this.token = new Int32Array(capacity);
    this.position = new Int32Array(capacity);
    this.sequence = new Int32Array(capacity);
    this.wantsLogits = new Int8Array(capacity);
    this.memory = {
      token: koffi.alloc("int32_t", capacity) as Pointer,
      position: koffi.alloc("int32_t", capacity) as Pointer,
      sequence: koffi.alloc("int32_t", capacity) as Pointer,
      wantsLogits: koffi.alloc("int8_t", capacity) as Pointer,
      sequenceCount: koffi.alloc("int32_t", capacity) as Pointer,
      sequencePointers: koffi.alloc("uint64_t", capacity) as Pointer,
    };
    this.writeConstantParts();
  }

  /**
   * Decodes the first `count` entries.
   * @returns llama.cpp's status: 0 success, 1 no room in the cache, others errors
   */
  decode(context: Pointer, count: number): number {
    return this.library.llama_decode(context, this.written(count)) as number;
  }

  /** Does the same outside the event loop; until it has ended, nothing else may use the batch or the context. */
  decodeBeside(context: Pointer, count: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, status: number) => {
        if (error) reject(error);
        else resolve(status);
      };
      this.library.llama_decode.async(context, this.written(count), done);
    });
  }

  /** The `llama_batch` of the first `count` entries. */
  private written(count: number): Struct {
    const { memcpy } = this.library;
    memcpy(this.memory.token, this.token, count * INT32_BYTES);
    memcpy(this.memory.position, this.position, count * INT32_BYTES);
    memcpy(this.memory.sequence, this.sequence, count * INT32_BYTES);
    memcpy(this.memory.wantsLogits, this.wantsLogits, count);
    return {
      n_tokens: count,
      token: this.memory.token,
      embd: null,
      pos: this.memory.position,
      n_seq_id: this.memory.sequenceCount,
      seq_id: this.memory.sequencePointers,
      logits: this.memory.wantsLogits,
    };
  }

  dispose(): void {
    for (const pointer of Object.values(this.memory)) koffi.free(pointer);
  }

  /** Every entry has one sequence, whose number stands in `sequence`: neither fact changes. */
  private writeConstantParts(): void {
    const { memcpy } = this.library;
    const ones = new Int32Array(this.capacity).fill(1);
    const pointers = BigUint64Array.from(
      { length: this.capacity },
      (_, i) => this.memory.sequence + BigInt(i * INT32_BYTES),
    );
    memcpy(this.memory.sequenceCount, ones, ones.byteLength);
    memcpy(this.memory.sequencePointers, pointers, pointers.byteLength);
  }
}
