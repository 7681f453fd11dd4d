import type { Attention } from "../../../protocol/scores";
import type { Library } from "./library";

/** `llama_flash_attn_type`. */
export const FLASH_ATTENTION: Readonly<Record<Attention, number>> = {
  auto: -1,
  plain: 0,
  flash: 1,
};

/**
 * The kernel of a model's attention. Flash attention is the faster one, and adds up in 32 bits, where its tiles apply: that
 * is where a head fills the processor's registers. Elsewhere it takes row after row, adds up in 16 bits, and is several
 * times slower than plain products of matrices. The choice changes the last digits, so that it follows from the model and
 * the processor: a measurement could come out otherwise another day.
 * @param headSize values of a head
 * @param compatible as llama.cpp's own programs choose it
 */
export function chooseAttention(
  library: Library,
  device: string,
  headSize: number,
  compatible: boolean,
): Attention {
  if (device !== "CPU") return "auto";
  return compatible || headSize % registerFloats(library) === 0 ? "flash" : "plain";
}

/** Floats that the largest registers in use may hold (`GGML_F32_EPR`). */
function registerFloats(library: Library): number {
  return /\b(AVX512|SVE) = 1/.test(library.llama_print_system_info() as string) ? 16 : 8;
}
