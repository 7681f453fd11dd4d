import type { TextScores } from "../../protocol/textScores";
import { columnsAfter } from "./columnsAfter";
import { scoreText, type ScoreTextRequest } from "./scoreText";

/** A text that is scored after another one, which is not. */
export interface TextAfterRequest extends Omit<ScoreTextRequest, "range" | "previous"> {
  /** Read before the text, as if both were one; empty: nothing is. */
  readonly context: string;
}

/**
 * Scores a text as the end of context and text together: windows and tokens are those of both. A token that begins in the
 * context and reaches into the text is one of the text's. Offsets are into the text.
 * @throws EngineError as of {@link scoreText}
 */
export async function scoreTextAfter(request: TextAfterRequest): Promise<TextScores> {
  const { context, engine, model, signal } = request;
  if (context === "") return scoreText(request);
  const { length } = context;
  const ofContext = await engine.tokenize(model.id, context, signal);
  const scores = await scoreText({
    ...request,
    text: context + request.text,
    // Behind the end, since words have one there.
    range: { start: length, endExclusive: Infinity },
  });
  const columns = columnsAfter(scores.columns, length, ofContext.withoutToken);
  const first = scores.columns.count - columns.count;
  const { start, endExclusive } = scores.scoredRange;
  return {
    ...scores,
    columns,
    scoredRange: {
      start: Math.max(0, start - first),
      endExclusive: Math.max(0, endExclusive - first),
    },
  };
}
