/** Why a corpus can't be read; the message names the file and says what can be done. */
export class CorpusError extends Error {
  override readonly name = "CorpusError";
}

/** Said of a file that ends too early. */
export function cutOff(name: string): CorpusError {
  return new CorpusError(`${name} ends too early: a part of it is missing. Get it again.`);
}

/** Said of a file that is not what it should be. */
export function damaged(name: string, why: string): CorpusError {
  return new CorpusError(`${name} is damaged (${why}). Get it again.`);
}
