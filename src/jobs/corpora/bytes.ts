import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { cancelled } from "../../engine/errors";
import { cutOff, damaged } from "./faults";
import { checkStart } from "./fileStart";
import type { CorpusFile } from "./findFiles";
import { unpackZstd } from "./zstd";

/**
 * The bytes that a file holds, unpacked, as they are asked for.
 * @throws CorpusError where the file is not what its name says, is damaged or ends too early; EngineError `Cancelled`;
 *   the file system's error
 */
export function readBytes(file: CorpusFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const packed = packedBytes(file, signal);
  if (file.compression === "gzip") return unpackGzip(packed, file.name);
  return file.compression === "zstd" ? unpackZstd(packed, file.name) : packed;
}

async function* packedBytes(file: CorpusFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of createReadStream(file.path) as AsyncIterable<Uint8Array>) {
    if (signal.aborted) throw cancelled();
    if (isFirst) checkStart(file, chunk);
    isFirst = false;
    yield chunk;
  }
  if (isFirst && file.compression) throw cutOff(file.name);
}

async function* unpackGzip(
  packed: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // What goes wrong on the way ends the reading below.
  pipeline(packed, gunzip).catch(() => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR") throw cutOff(name);
    throw code.startsWith("Z_") ? damaged(name, (error as Error).message) : error;
  }
}
