import type { TokenizerFault } from "../../../protocol/scores";
import type { Vocabulary } from "../../engine";
import { TokenAttribute } from "../../pieces";

/**
 * Where llama.cpp goes on with a guess: its log warns, and the numbers are those of another tokenizer.
 * @param metadata the file's values as text; null: the key is not there
 */
export function tokenizerFaults(
  tokenizer: string,
  { attributes, bos }: Vocabulary,
  metadata: (key: string) => string | null,
): TokenizerFault[] {
  const faults: TokenizerFault[] = [];
  if (tokenizer === "BPE" && metadata("tokenizer.ggml.pre") === null) faults.push("noPreTokenizer");
  const named = metadata("tokenizer.ggml.bos_token_id");
  if (named !== null && Number(named) >= attributes.length) faults.push("bosOutOfRange");
  // SentencePiece's default is right where the token of that number is BOS, as it is in Llama's vocabulary.
  const isOrdinary = bos !== null && ((attributes[bos] ?? 0) & TokenAttribute.Control) === 0;
  if (named === null && isOrdinary) faults.push("bosUnnamed");
  return faults;
}
