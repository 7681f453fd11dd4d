import type { CorpusReading } from "../../formats/study/study";
import type { Rendering } from "../../formats/study/studySchema";
import type { Turn } from "../files/conversation";

/** How a corpus is read. */
export interface CorpusSettings extends CorpusReading {
  /** A longer record is skipped, bytes of UTF-8. */
  readonly maxRecordBytes: number;
}

/** A rendering that is settled. */
export type Shape = Exclude<Rendering, "auto">;

/** One document of a corpus. */
export interface CorpusDocument {
  /** `file#record`, or the file's name alone. */
  readonly id: string;
  /** The file's name, see `CorpusFile`. */
  readonly file: string;
  /** From 1: the line of a text or of JSON Lines, else the row or element; null: the document is the whole file. */
  readonly record: number | null;
  /** Never blank. Of a conversation: see `plainText`. */
  readonly text: string;
  /** Of a conversation, for a model's chat template; null: the document is none. */
  readonly turns: readonly Turn[] | null;
}
