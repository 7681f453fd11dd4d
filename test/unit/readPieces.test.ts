import { PassThrough, Readable } from "node:stream";
import { expect, it } from "vitest";
import { FileDecoder } from "../../src/jobs/files/fileDecoder";
import { readPieces } from "../../src/cli/input/readPieces";

const never = new AbortController().signal;

async function piecesOf(chunks: readonly Buffer[], lengths: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  const length = () => lengths[found.length] ?? lengths.at(-1)!;
  const onRead = () => undefined;
  const pieces = readPieces("-", Readable.from(chunks), new FileDecoder(), length, onRead, never);
  for await (const piece of pieces) found.push(piece);
  return found;
}

it("a text comes in pieces, characters whole, without the byte order mark", async () => {
  const bytes = [...Buffer.from("\ufeffaé你🎉z")].map((byte) => Buffer.from([byte]));
  expect(await piecesOf(bytes, [1])).toEqual(["a", "é", "你", "🎉", "z", ""]);
});

it("pieces grow when longer ones are wanted", async () => {
  const chunks = [..."abcdefgh"].map((character) => Buffer.from(character));
  expect(await piecesOf(chunks, [2, 3])).toEqual(["ab", "cde", "fgh", ""]);
});

it("tells what it has read, and ends waiting when it is cancelled", async () => {
  const controller = new AbortController();
  const input = new PassThrough();
  const read: number[][] = [];
  const pieces = readPieces(
    "-",
    input,
    new FileDecoder(),
    () => 1,
    (bytes, units) => read.push([bytes, units]),
    controller.signal,
  );
  input.write("é你");
  expect((await pieces.next()).value).toBe("é你");
  expect(read).toEqual([[5, 2]]);
  const next = pieces.next();
  controller.abort();
  await expect(next).rejects.toMatchObject({ code: "Cancelled" });
});
