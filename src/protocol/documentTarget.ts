/** How figures name a document of a corpus, so that it can be opened. */

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
