/**
 * Fitted probes of one layer in a file, little-endian: a head, then the scale of the states and the classes' tokens, then for each
 * target constants and weights, and at the end a SHA-256 of all that stands before.
 */
import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { EngineError } from "../../errors";
import type { KeepRequest } from "../../probes";
import type { LinearMap } from "./decoder";
import type { Scale } from "./standardised";

/** What a file begins with; another layout has another one. */
export const MAGIC = "TLPROBE1";
export const DIGEST_BYTES = 32;

/** The numbers of the head, in order, 32-bit. */
export interface ProbeHead {
  readonly layer: number;
  readonly dimensions: number;
  readonly classes: number;
  readonly targets: number;
}

/** Writes a file of probes under another name, and gives it its own once it is whole. */
export class KeptProbeWriter {
  private readonly part: string;
  private readonly hash: Hash = createHash("sha256");
  private file: number | null;
  private added = 0;

  /** @throws EngineError `FileUnreadable` */
  constructor(
    private readonly request: KeepRequest,
    layer: number,
    scale: Scale,
  ) {
    this.part = `${request.path}.part`;
    this.file = this.explaining(() => openSync(this.part, "w", 0o600));
    try {
      this.writeHead(layer, scale);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Takes the map of the next target; those beyond the wanted ones are left out. @throws EngineError `FileUnreadable` */
  add({ constants, weights }: LinearMap): void {
    if (this.added++ >= this.request.targets) return;
    this.write(constants);
    this.write(weights);
  }

  /** @throws EngineError `FileUnreadable` */
  close(): void {
    this.explaining(() => {
      this.writeAll(this.hash.digest());
      closeSync(this.file!);
      this.file = null;
      renameSync(this.part, this.request.path);
    });
  }

  /** Leaves nothing of a file that is not whole. */
  discard(): void {
    if (this.file === null) return;
    closeSync(this.file);
    this.file = null;
    rmSync(this.part, { force: true });
  }

  private writeHead(layer: number, { mean, deviation }: Scale): void {
    const { targets, tokens } = this.request;
    const head: ProbeHead = { layer, dimensions: mean.length, classes: tokens.length, targets };
    this.write(Buffer.from(MAGIC, "latin1"));
    this.write(Uint32Array.of(head.layer, head.dimensions, head.classes, head.targets));
    for (const values of [mean, deviation, tokens]) this.write(values);
  }

  private write(values: ArrayBufferView): void {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    this.hash.update(bytes);
    this.explaining(() => this.writeAll(bytes));
  }

  private writeAll(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.file!, bytes, done);
  }

  private explaining<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      throw new EngineError(
        "FileUnreadable",
        `The probe can't be kept in ${this.request.path}: ${error.message}. Make room on the disk, or see that its folder may be written to.`,
      );
    }
  }
}
