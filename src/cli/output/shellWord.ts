/** A word as a shell reads it again: quoted where anything in it means something else there. */
export function shellWord(word: string, platform = process.platform): string {
  if (/^[\p{L}\p{N}_./\\:@%+=,-]+$/u.test(word) && (platform === "win32" || !word.includes("\\"))) {
    return word;
  }
  // Names of files on Windows have no quotes in them.
  return platform === "win32" ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
