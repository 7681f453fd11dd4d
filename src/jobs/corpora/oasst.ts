import { speakerOf, type Turn } from "../files/conversation";
import { field, stringOf } from "../files/values";

/**
 * The main thread of an OASST message tree: from its prompt on, always the reply that people have ranked best (`rank`, from
 * 0), else the first one; deleted messages, and what answers them, are left out. null: the record is no tree.
 */
export function threadOf(record: unknown): readonly Turn[] | null {
  const turns: Turn[] = [];
  const root = field(record, "prompt") ?? record;
  if (!Array.isArray(field(root, "replies"))) return null;
  for (let message: unknown = root; message !== undefined; message = bestReply(message)) {
    const [speaker, text] = [speakerOf(message), stringOf(field(message, "text"))];
    if (speaker === null || text === null) return null;
    turns.push({ speaker, text });
  }
  return turns;
}

function bestReply(message: unknown): unknown {
  const replies = field(message, "replies");
  if (!Array.isArray(replies)) return undefined;
  const kept = replies.filter((reply) => field(reply, "deleted") !== true);
  return kept.sort((a, b) => rankOf(a) - rankOf(b))[0];
}

/** Those without a rank stand behind all others. */
function rankOf(reply: unknown): number {
  const rank = field(reply, "rank");
  return typeof rank === "number" ? rank : Number.MAX_SAFE_INTEGER;
}
