import { formatNumber } from "../../analysis/presentation/format";
import { CorpusError } from "./faults";
import { JsonSplitter } from "./jsonSplitter";
import { readLines } from "./lines";
import { type FileRecord, RecordText, tooLong } from "./recordText";

/** JSON Lines: a record a line. */
export async function* readJsonLines(
  pieces: AsyncIterable<string>,
  mostBytes: number,
): AsyncGenerator<FileRecord> {
  for await (const line of readLines(pieces, mostBytes)) {
    yield "fault" in line ? line : parsed(line.record, line.value);
  }
}

/**
 * A JSON file: an array's elements, objects in a row, or JSON Lines under another name, as C4 and Dolma have them. No more
 * than one record is held.
 * @param open the file's text from its beginning
 * @throws CorpusError where the text ends within a record, or goes on behind the array
 */
export async function* readJson(
  open: () => AsyncGenerator<string>,
  mostBytes: number,
  name: string,
): AsyncGenerator<FileRecord> {
  if (await isJsonLines(open())) yield* readJsonLines(open(), mostBytes);
  else yield* readJsonValues(open(), mostBytes, name);
}

/** Units of UTF-16 within which a first line ends, if it is to be one. */
const MOST_FIRST_LINE = 2 ** 20;

async function isJsonLines(pieces: AsyncGenerator<string>): Promise<boolean> {
  let start = "";
  for await (const piece of pieces) {
    start = (start + piece).trimStart();
    if (start !== "" && !start.startsWith("{")) return false;
    if (start.includes("\n") || start.length > MOST_FIRST_LINE) break;
  }
  return "value" in parsed(1, start.split("\n", 1)[0]!);
}

async function* readJsonValues(
  pieces: AsyncIterable<string>,
  mostBytes: number,
  name: string,
): AsyncGenerator<FileRecord> {
  const splitter = new JsonSplitter();
  const gathered = new RecordText(mostBytes);
  let record = 0;
  for await (const piece of pieces) {
    let start = 0;
    for (const { endExclusive, next, isValue } of splitter.cuts(piece)) {
      gathered.add(piece.slice(start, endExclusive));
      start = next;
      const text = gathered.take();
      if (text === null) yield { record: ++record, fault: tooLong(mostBytes) };
      else if (isValue || text.trim() !== "") yield parsed(++record, text);
    }
    gathered.add(piece.slice(start));
  }
  if (splitter.isInside || gathered.take()?.trim() !== "") {
    const place = formatNumber(record + 1, 0);
    throw new CorpusError(
      `${name} is not valid JSON, or ends too early: record ${place} has no end.`,
    );
  }
}

function parsed(record: number | null, text: string): FileRecord {
  try {
    return { record, value: JSON.parse(text) as unknown };
  } catch {
    return { record, fault: "invalid JSON" };
  }
}
