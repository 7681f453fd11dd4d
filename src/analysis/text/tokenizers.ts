/** What tells a model's tokenizer from another: equal digests tokenize alike. */
interface Tokenizing {
  readonly tokenizerDigest: string;
}

/** Whether two models cut every text into the same tokens, so that their numbers compare token by token. */
export function tokenizeAlike(a: Tokenizing, b: Tokenizing): boolean {
  return a.tokenizerDigest === b.tokenizerDigest;
}
