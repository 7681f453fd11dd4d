import { type FileHandle, open } from "node:fs/promises";
import type { AsyncBuffer } from "hyparquet";
import { formatNumber } from "../../analysis/presentation/format";
import { readBytes } from "./bytes";
import { CorpusError } from "./faults";
import { checkStart, START_BYTES } from "./fileStart";
import type { CorpusFile } from "./findFiles";

/** A Parquet file of which parts are read, as hyparquet asks for them. */
export interface ParquetFile extends AsyncBuffer {
  close(): Promise<void>;
}

/**
 * @param mostHeld of a file that is packed as a whole, which is held in memory; bytes
 * @throws CorpusError where it is no Parquet file, or too large; EngineError `Cancelled`; the file system's error
 */
export async function openParquet(
  file: CorpusFile,
  mostHeld: number,
  signal: AbortSignal,
): Promise<ParquetFile> {
  const opened = file.compression ? await unpacked(file, mostHeld, signal) : await onDisk(file);
  try {
    const start = await opened.slice(0, Math.min(START_BYTES, opened.byteLength));
    checkStart({ ...file, compression: null }, new Uint8Array(start));
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function onDisk({ path }: CorpusFile): Promise<ParquetFile> {
  const handle = await open(path);
  const { size: byteLength } = await handle.stat();
  const slice = (start: number, end = byteLength) => readPart(handle, start, end, byteLength);
  return { byteLength, slice, close: () => handle.close() };
}

async function readPart(handle: FileHandle, start: number, end: number, byteLength: number) {
  checkRange(start, end, byteLength);
  const part = new Uint8Array(end - start);
  for (let done = 0; done < part.length;) {
    const { bytesRead } = await handle.read(part, done, part.length - done, start + done);
    if (bytesRead === 0) throw new Error("it ends too early");
    done += bytesRead;
  }
  return part.buffer;
}

/** Parquet is read from its end: one that is packed as a whole has to be unpacked first. */
async function unpacked(
  file: CorpusFile,
  mostHeld: number,
  signal: AbortSignal,
): Promise<ParquetFile> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of readBytes(file, signal)) {
    byteLength += chunk.length;
    if (byteLength > mostHeld) throw tooLarge(file.name, mostHeld);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const slice = (start: number, end = byteLength) => {
    checkRange(start, end, byteLength);
    return bytes.buffer.slice(start, end);
  };
  return { byteLength, slice, close: () => Promise.resolve() };
}

function tooLarge(name: string, mostHeld: number): CorpusError {
  const most = formatNumber(mostHeld / 2 ** 20, 0);
  return new CorpusError(
    `${name} unpacks to more than ${most} MiB, which would have to be held in memory: unpack it first.`,
  );
}

function checkRange(start: number, end: number, byteLength: number): void {
  if (!(start >= 0 && start <= end && end <= byteLength)) {
    throw new Error("it names parts that it has not");
  }
}
