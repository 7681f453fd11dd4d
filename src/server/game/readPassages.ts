import { basename, dirname } from "node:path";
import { withoutLastWord } from "../../analysis/scores/hiddenWords";
import type { CorpusSettings } from "../../jobs/corpora/corpus";
import { findCorpusFiles } from "../../jobs/corpora/findFiles";
import { readCorpus } from "../../jobs/corpora/readCorpus";
import { CorpusReport } from "../../jobs/corpora/report";
import type { HiddenWord, PassagesParams } from "../../protocol/game";
import { failure } from "../connection/responses";

/** Each line is a passage, each record another. */
const READING: CorpusSettings = {
  column: null,
  rendering: "auto",
  side: "chosen",
  part: "dialogue",
  lines: true,
  encoding: null,
  maxRecordBytes: 1 << 20,
};

/** @throws ResponseError where none has words enough, CorpusError, EngineError `Cancelled` */
export async function readPassages(
  { file, most }: PassagesParams,
  signal: AbortSignal,
): Promise<readonly HiddenWord[]> {
  const files = await findCorpusFiles([basename(file)], dirname(file));
  const passages: HiddenWord[] = [];
  for await (const { text } of readCorpus(files, READING, new CorpusReport(), signal)) {
    const passage = withoutLastWord(text);
    if (passage !== null) passages.push(passage);
    if (passages.length === most) break;
  }
  if (passages.length > 0) return passages;
  throw failure(
    `${basename(file)} has no passages: the game needs a text of two words or more on each line, or in each record.`,
  );
}
