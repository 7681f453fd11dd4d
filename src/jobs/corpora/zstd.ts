import { Decompress } from "fzstd";
import { ByteReader } from "./byteReader";
import { CorpusError, cutOff, damaged } from "./faults";

/** Bytes with which a frame begins, as Latin-1. */
export const MAGIC = "\x28\xb5\x2f\xfd";

/**
 * A frame with a larger window is refused, bytes: fzstd reads 32 bits at a time, which a distance of 26 bits may not be in,
 * and unpacks such frames wrongly.
 */
const MOST_WINDOW = 2 ** 25;

/** Most that a block may become, bytes (RFC 8878, 3.1.1.2.4). */
const MOST_BLOCK = 2 ** 17;

/**
 * Unpacks Zstandard frames block by block (RFC 8878), so that no more than a block and a frame's window are held, however
 * few bytes they are packed in. Checksums are not checked.
 * @throws CorpusError
 */
export async function* unpackZstd(
  packed: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteReader(packed, () => cutOff(name));
  try {
    while (!(await bytes.isAtEnd())) {
      const magic = await bytes.take(4);
      if (magic.toString("latin1") === MAGIC) yield* unpackFrame(magic, bytes, name);
      else if (isSkippable(magic)) await bytes.skip((await bytes.take(4)).readUInt32LE());
      else throw damaged(name, "it goes on as no Zstandard file does");
    }
  } finally {
    await packed.return(undefined);
  }
}

/** Whether a frame holds what only those know who have written it (RFC 8878, 3.1.2). */
function isSkippable(magic: Buffer): boolean {
  return magic.readUInt32LE() >>> 4 === 0x184d2a5;
}

async function* unpackFrame(
  magic: Buffer,
  bytes: ByteReader,
  name: string,
): AsyncGenerator<Uint8Array> {
  const unpacked: Uint8Array[] = [];
  const frame = new Decompress((data) => unpacked.push(data));
  const descriptor = (await bytes.take(1))[0]!;
  const fields = await bytes.take(fieldBytes(descriptor));
  checkFields(descriptor, fields, name);
  let packed = Buffer.concat([magic, Buffer.of(descriptor), fields]);
  for (let isLast = false; !isLast; packed = Buffer.alloc(0)) {
    const block = await takeBlock(bytes, name);
    isLast = (block[0]! & 1) === 1;
    const checksum = await bytes.take(isLast && descriptor & 4 ? 4 : 0);
    try {
      frame.push(Buffer.concat([packed, block, checksum]), isLast);
    } catch (error) {
      throw damaged(name, (error as Error).message);
    }
    yield* unpacked.splice(0);
  }
}

async function takeBlock(bytes: ByteReader, name: string): Promise<Buffer> {
  const header = await bytes.take(3);
  const bits = header.readUIntLE(0, 3);
  const [type, size] = [(bits >> 1) & 3, bits >> 3];
  if (size > MOST_BLOCK) throw damaged(name, "a block is longer than blocks are");
  return Buffer.concat([header, await bytes.take(type === REPEATED_BYTE ? 1 : size)]);
}

const REPEATED_BYTE = 1;

/** Length of what follows a frame's descriptor: the window's size, a dictionary, the content's size (RFC 8878, 3.1.1.1). */
function fieldBytes(descriptor: number): number {
  return windowBytes(descriptor) + dictionaryBytes(descriptor) + sizeBytes(descriptor);
}

const isSingle = (descriptor: number) => (descriptor & 0x20) !== 0;
const windowBytes = (descriptor: number) => (isSingle(descriptor) ? 0 : 1);
const dictionaryBytes = (descriptor: number) => [0, 1, 2, 4][descriptor & 3]!;
const sizeBytes = (descriptor: number) =>
  descriptor >> 6 === 0 ? (isSingle(descriptor) ? 1 : 0) : 1 << (descriptor >> 6);

/** @throws CorpusError */
function checkFields(descriptor: number, fields: Buffer, name: string): void {
  const dictionary = fields
    .subarray(windowBytes(descriptor))
    .subarray(0, dictionaryBytes(descriptor));
  if (dictionary.some((byte) => byte !== 0)) {
    throw new CorpusError(`${name} was packed with a dictionary: pack it without one.`);
  }
  if (windowOf(descriptor, fields) > MOST_WINDOW) {
    throw new CorpusError(
      `${name} was packed with a window of more than 32 MiB: pack it with zstd -19, and without --long.`,
    );
  }
}

/** Bytes of what came last that a frame may repeat. */
function windowOf(descriptor: number, fields: Buffer): number {
  if (!isSingle(descriptor)) {
    const base = 2 ** (10 + (fields[0]! >> 3));
    return base + (base / 8) * (fields[0]! & 7);
  }
  const size = fields.subarray(dictionaryBytes(descriptor));
  return size.length === 8 ? Number(size.readBigUInt64LE()) : size.readUIntLE(0, size.length);
}
