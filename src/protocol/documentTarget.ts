/** How figures name a document of a corpus, or a prompt's run, so that it can be opened. */

/** @param file its name in the study's folder of runs */
export function runTarget(file: string): string {
  return JSON.stringify({ run: file });
}

/** The name of a run's file, which is in no other folder; null: it names none. */
export function parseRunTarget(target: string): string | null {
  try {
    const { run } = (JSON.parse(target) ?? {}) as { readonly run?: unknown };
    return typeof run === "string" && /^[\w-]+\.twinlens\.json$/u.test(run) ? run : null;
  } catch {
    return null;
  }
}

/** @param document its id within the corpus */
export function documentTarget(corpus: string, document: string): string {
  return JSON.stringify([corpus, document]);
}

/** null: it names none. */
export function parseDocumentTarget(
  target: string,
): { readonly corpus: string; readonly document: string } | null {
  try {
    const parts: unknown = JSON.parse(target);
    if (!Array.isArray(parts)) return null;
    const [corpus, document] = parts as unknown[];
    return typeof corpus === "string" && typeof document === "string" ? { corpus, document } : null;
  } catch {
    return null;
  }
}
