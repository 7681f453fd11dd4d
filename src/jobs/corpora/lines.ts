import { type FileRecord, RecordText, tooLong } from "./recordText";

/** The lines of a text that are not blank, without their ends; of one that is too long nothing is held. */
export async function* readLines(
  pieces: AsyncIterable<string>,
  mostBytes: number,
): AsyncGenerator<FileRecord<string>> {
  const gathered = new RecordText(mostBytes);
  let record = 0;
  for await (const piece of pieces) {
    let start = 0;
    for (let end; (end = piece.indexOf("\n", start)) >= 0; start = end + 1) {
      gathered.add(piece.slice(start, end));
      yield* line(++record, gathered.take());
    }
    gathered.add(piece.slice(start));
  }
  yield* line(record + 1, gathered.take());

  function* line(number: number, text: string | null): Generator<FileRecord<string>> {
    if (text === null) yield { record: number, fault: tooLong(mostBytes) };
    else if (text.trim() !== "") yield { record: number, value: text.replace(/\r$/u, "") };
  }
}
