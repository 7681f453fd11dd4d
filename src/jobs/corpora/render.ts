import { replyText, type Turn, turnsOf } from "../files/conversation";
import { field } from "../files/values";
import type { CorpusDocument, CorpusSettings } from "./corpus";
import { plainText } from "./hh";
import type { Plan } from "./plan";
import { tooLong } from "./recordText";
import { SHAPES } from "./shapes";

/** What a document says; a text: why a record is none. */
export type Rendered = Pick<CorpusDocument, "text" | "turns"> | string;

export function render(record: unknown, plan: Plan, settings: CorpusSettings): Rendered {
  const rendered = renderWhole(record, plan, settings);
  if (typeof rendered === "string") return rendered;
  if (rendered.text.trim() === "") return "empty text";
  // Parquet's records are only known when they are unpacked.
  const isTooLong = Buffer.byteLength(rendered.text) > settings.maxRecordBytes;
  return isTooLong ? tooLong(settings.maxRecordBytes) : rendered;
}

function renderWhole(record: unknown, { rendering, column }: Plan, settings: CorpusSettings) {
  if (rendering !== "text") {
    const turns = SHAPES[rendering].turns(record, settings.side);
    return turns === null ? `not of the shape "${rendering}"` : renderTurns(turns, settings);
  }
  const value = column === null ? record : field(record, column);
  const turns = turnsOf(value);
  if (turns !== null) return renderTurns(turns, settings);
  if (typeof value === "string") return { text: value, turns: null };
  const place = column === null ? "" : ` in "${column}"`;
  return value === undefined || value === null
    ? `no text${place}`
    : `something else than text${place}`;
}

function renderTurns(all: readonly Turn[], { part }: CorpusSettings): Rendered {
  const turns = part === "reply" ? untilReply(all) : all;
  const text = part === "reply" ? replyText(turns) : plainText(turns);
  return text === null ? "no reply" : { text, turns };
}

/** A conversation up to the last thing that the assistant says. */
function untilReply(turns: readonly Turn[]): readonly Turn[] {
  return turns.slice(0, turns.findLastIndex(({ speaker }) => speaker === "assistant") + 1);
}
