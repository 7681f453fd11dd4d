/** How an adapter's file calls what it holds, as llama.cpp reads it; the last key is Twinlens's own. */

/** Names of a weight's matrices, behind its own. */
export const [MATRIX_A, MATRIX_B] = [".lora_a", ".lora_b"];
/** The product of both counts alpha / rank times. */
export const ALPHA = "adapter.lora.alpha";
/** SHA-256 over the files of the model that it was made of, in hex. */
export const MADE_OF = "twinlens.model.sha256";
