import type { LowRank } from "../../engine/training";

/** How a model is adapted. The same texts and settings give models that tokenize alike the same steps. */
export interface AdaptationSettings {
  readonly weights: LowRank | "all";
  /** Of AdamW, the same at each step; > 0. */
  readonly learningRate: number;
  /** Of AdamW, ≥ 0. */
  readonly weightDecay: number;
  readonly steps: number;
  readonly windowsPerStep: number;
  /** Tokens that a window predicts, at most; null: {@link DEFAULT_WINDOW}, or less where the model was trained with less. */
  readonly window: number | null;
  /** Steps between two measurements; null: a tenth of all, or more where pieces would be measured oftener than windows are trained on. */
  readonly interval: number | null;
  /** Of parts, the order of pieces, and an adapter's first values. */
  readonly seed: number;
}

export const DEFAULT_STEPS = 200;
export const DEFAULT_WINDOWS_PER_STEP = 4;
export const DEFAULT_WINDOW = 256;
export const DEFAULT_LOW_RANK: LowRank = { rank: 8, alpha: 16 };

/** AdamW's, where nobody says otherwise: an adapter begins at zero and may move fast; a decay would only pull it back there. */
export const OPTIMIZERS = {
  lora: { learningRate: 2e-4, weightDecay: 0 },
  all: { learningRate: 5e-5, weightDecay: 0.01 },
} as const;

/** How a model is adapted where nobody says otherwise. */
export const DEFAULT_SETTINGS: AdaptationSettings = {
  weights: DEFAULT_LOW_RANK,
  ...OPTIMIZERS.lora,
  steps: DEFAULT_STEPS,
  windowsPerStep: DEFAULT_WINDOWS_PER_STEP,
  window: null,
  interval: null,
  seed: 1,
};
