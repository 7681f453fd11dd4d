import type { ScoredRows, ScoreTextsRequest } from "../../engine";
import type { EngineCall } from "./call";

interface TextRows {
  /** Number of the text. */
  readonly text: number;
  readonly rows: ScoredRows;
}

/** Emits each batch's rows. */
export const scoreTexts: EngineCall<ScoreTextsRequest, null, TextRows> = {
  turn: { queues: ["calls"], threads: "model" },
  async run(request, { residents, emit, signal, giveWay }) {
    const onRows = (text: number, rows: ScoredRows) => emit({ text, rows });
    await residents.get(request.model).scoreTexts(request, onRows, { signal, giveWay });
    return null;
  },
};
