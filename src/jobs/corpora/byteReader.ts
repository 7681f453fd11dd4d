/** Takes bytes of a stream by number. */
export class ByteReader {
  private held = Buffer.alloc(0);

  /** @param endedTooEarly what is thrown where fewer bytes are left than are asked for */
  constructor(
    private readonly chunks: AsyncGenerator<Uint8Array>,
    private readonly endedTooEarly: () => Error,
  ) {}

  async isAtEnd(): Promise<boolean> {
    return !(await this.hold(1));
  }

  async take(count: number): Promise<Buffer> {
    if (!(await this.hold(count))) throw this.endedTooEarly();
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      if (!(await this.hold(1))) throw this.endedTooEarly();
      left -= (await this.take(Math.min(left, this.held.length))).length;
    }
  }

  /** @returns whether there are as many */
  private async hold(count: number): Promise<boolean> {
    while (this.held.length < count) {
      const next = await this.chunks.next();
      if (next.done === true) return false;
      this.held = Buffer.concat([this.held, next.value]);
    }
    return true;
  }
}
