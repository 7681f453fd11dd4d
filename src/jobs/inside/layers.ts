/** The paper reads the 28th of 32 layers. */
const PAPER_SHARE = 0.875;

/** The layer that probes read where nothing else is asked for, counted from 1. */
export function paperLayer(layers: number): number {
  return Math.max(1, Math.floor(PAPER_SHARE * layers));
}
