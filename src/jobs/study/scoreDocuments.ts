import type { Tokenization } from "../../engine/engine";
import type { EngineError } from "../../engine/errors";
import { joinedTokens } from "../../engine/joinedTokens";
import { emptyColumns, readable, writeRows } from "../scoring/columns";
import { orTextFault } from "../scoring/textFaults";
import { windowPlan } from "../scoring/windows";
import { windowsFor } from "../scoring/windowStart";
import {
  DocumentMeasures,
  type DocumentRequest,
  type DocumentScores,
  scoreDocument,
} from "./documentScores";

/**
 * Scores documents under one model, with the numbers that each has alone: short ones, of one window, are handed to the engine
 * together, which decodes several at a time where that saves time.
 * @returns what was scored, or why a text could not be, `[document]`; after a crash all that were handed over together
 * @throws EngineError where it is not the text that is at fault
 */
export async function scoreDocuments(
  texts: readonly string[],
  request: DocumentRequest,
): Promise<(DocumentScores | EngineError)[]> {
  const short = await orTextFault(() => scoreShort(texts, request));
  if (!(short instanceof Map)) return texts.map(() => short);
  const scored: (DocumentScores | EngineError)[] = [];
  for (const [i, text] of texts.entries()) {
    scored.push(short.get(i) ?? (await orTextFault(() => scoreDocument(text, request))));
  }
  return scored;
}

/** Longer texts can't be of one window, UTF-16 units for each of its tokens: they need not be tokenized twice. */
const UNITS_PER_TOKEN = 16;

/** Scores of the documents that one window holds, by number. */
async function scoreShort(
  texts: readonly string[],
  { hold, settings: wanted, distributions, signal }: DocumentRequest,
): Promise<Map<number, DocumentScores>> {
  const { engine, model } = await hold();
  const { settings, prefix } = windowsFor(wanted, model);
  const scores = new Map<number, DocumentScores>();
  if (settings.mode !== "strided") return scores;
  const room = windowPlan(settings, prefix.length).at(0).endExclusive;
  const distribution = readable(engine, distributions ? { topK: 0 } : null);
  const found: { readonly number: number; readonly tokens: Tokenization }[] = [];
  for (const [number, text] of texts.entries()) {
    if (text.length > room * UNITS_PER_TOKEN) continue;
    const tokens = await orTextFault(() => engine.tokenize(model.id, text, signal));
    // What can't be tokenized is told of when it is scored alone.
    if ("code" in tokens || tokens.id.length > room || tokens.id.length === 0) continue;
    found.push({ number, tokens });
  }
  const columns = found.map(({ tokens }) => emptyColumns(tokens, distribution));
  const windows = found.map(({ tokens }) => ({
    tokens: joinedTokens([prefix, tokens.id]),
    scoredStart: Math.max(1, prefix.length),
  }));
  const scorable = windows.flatMap(({ tokens }, i) => (tokens.length > 1 ? [i] : []));
  await engine.scoreTexts(
    { model: model.id, texts: scorable.map((i) => windows[i]!), distribution },
    (text, rows) => writeRows(columns[scorable[text]!]!, rows, rows.start - prefix.length),
    signal,
  );
  found.forEach(({ number }, i) => {
    const measures = new DocumentMeasures();
    measures.add({ text: texts[number]!, textStart: 0, columns: columns[i]! });
    scores.set(number, { model: model.facts, settings, ...measures.value() });
  });
  return scores;
}
