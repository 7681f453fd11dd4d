/** Texts that probes are trained on, as the host names them. */
import { basename } from "node:path";
import { readTexts } from "../../jobs/corpora/readTexts";
import type { ProbeTexts } from "../../protocol/probes";

/** @throws CorpusError, EngineError `Cancelled` */
export async function* documentsOf(
  texts: ProbeTexts,
  warn: (message: string) => void,
  signal: AbortSignal,
): AsyncGenerator<{ readonly id: string; readonly text: string }> {
  if (texts.kind === "files") yield* readTexts(texts.paths, {}, warn, signal);
  else yield { id: texts.name, text: texts.text };
}

/** Names that are kept, at most. */
const MOST_NAMES = 20;

export function namesOf(texts: ProbeTexts): string[] {
  if (texts.kind === "document") return [texts.name];
  return texts.paths.slice(0, MOST_NAMES).map((path) => basename(path));
}
