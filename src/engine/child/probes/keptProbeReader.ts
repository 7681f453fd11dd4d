import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { EngineError } from "../../errors";
import { reading } from "../../modelFiles";
import type { LinearMap } from "./decoder";
import { DIGEST_BYTES, MAGIC, type ProbeHead } from "./keptProbe";
import type { Scale } from "./standardised";

/** Probes as they were kept. */
export interface KeptProbe extends ProbeHead {
  readonly scale: Scale;
  /** `[class]` */
  readonly tokens: Int32Array;
  /** `[target]` */
  readonly maps: readonly LinearMap[];
}

/** @throws EngineError `ProbeUnreadable` where it is damaged or not there, `FileUnreadable` where it may not be read */
export function readKeptProbe(path: string): KeptProbe {
  const bytes = contents(path);
  const body = bytes.subarray(0, -DIGEST_BYTES);
  const isOurs = body.subarray(0, MAGIC.length).toString("latin1") === MAGIC;
  if (!isOurs) throw unreadable(path, "it is no probe of this version of Twinlens");
  const digest = createHash("sha256").update(body).digest();
  if (!digest.equals(bytes.subarray(-DIGEST_BYTES))) throw unreadable(path, "it is damaged");
  const probe = parse(body);
  if (probe === null) throw unreadable(path, "its parts are not as long as it says");
  return probe;
}

/** @param reason within a sentence */
export function unreadable(path: string, reason: string): EngineError {
  return new EngineError(
    "ProbeUnreadable",
    `The probe ${basename(path)} can't be used: ${reason}. Train the probe again.`,
  );
}

function contents(path: string): Buffer {
  try {
    return reading(path, () => readFileSync(path));
  } catch (error) {
    if (error instanceof EngineError && /ENOENT/u.test(error.message)) {
      throw unreadable(path, "it is not there any more");
    }
    throw error;
  }
}

/** @returns null where sizes contradict each other */
function parse(body: Buffer): KeptProbe | null {
  let at = MAGIC.length;
  /** Copied, as typed arrays need places that their size divides. */
  const take = (bytes: number) => {
    const part = Uint8Array.prototype.slice.call(body, at, at + bytes);
    at += bytes;
    return part.buffer;
  };
  const floats = (count: number) => new Float32Array(take(count * 4));
  const doubles = (count: number) => new Float64Array(take(count * 8));
  const [layer = 0, dimensions = 0, classes = 0, targets = 0] = new Uint32Array(take(4 * 4));
  const floatsOfMaps = targets * classes * (dimensions + 1);
  if (body.length !== at + dimensions * 16 + classes * 4 + floatsOfMaps * 4) return null;
  const scale = { mean: doubles(dimensions), deviation: doubles(dimensions) };
  const tokens = new Int32Array(take(classes * 4));
  const maps = Array.from({ length: targets }, () => {
    const constants = floats(classes);
    return { constants, weights: floats(classes * dimensions) };
  });
  return { layer, dimensions, classes, targets, scale, tokens, maps };
}
