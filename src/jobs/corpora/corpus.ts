import type { Turn } from "../files/conversation";

/** What a corpus is read from, and how. */
export interface CorpusSettings {
  /** With the text, or with a list of messages; null: guessed for each file, by name, else by length. */
  readonly column: string | null;
  /** Where no column is chosen. */
  readonly rendering: Rendering;
  /** Which side of a record with two replies is read. */
  readonly side: "chosen" | "rejected";
  /** Of a conversation: all of it, or the assistant's last reply alone; `turns` hold what stands before it, and end with it. */
  readonly part: "dialogue" | "reply";
  /** Every line of a plain text that is not blank is a document; else the file is one. */
  readonly lines: boolean;
  /** A label of the Encoding Standard; null: UTF-8, or UTF-16 where a byte order mark says so. */
  readonly encoding: string | null;
  /** A longer record is skipped, bytes of UTF-8. */
  readonly maxRecordBytes: number;
}

/**
 * How a record becomes a document. `text` takes one column; `hh` a dialogue with a chosen and a rejected reply, as
 * Anthropic's HH, or any record with both; `oasst` the main thread of an OASST message tree; `conversation` a list of
 * messages, of ShareGPT's turns, or of LIMA's texts; `instruction` a request and its answer, as Alpaca, Dolly and
 * Self-Instruct; `vicuna` the user's turns alone. `auto`: the first of these that at least half of a file's first records
 * have, else `text`.
 */
export type Rendering = "auto" | Shape;

export type Shape = "text" | "hh" | "oasst" | "conversation" | "instruction" | "vicuna";

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
