/** Tokens a window holds where nothing else is wanted, BOS included; less where a model was trained with less. */
export const LONGEST_DEFAULT_WINDOW = 2048;

/** Tokens a window holds. @param window what is wanted; 0: the default */
export function windowLength(window: number, trainedContext: number): number {
  return window || Math.min(trainedContext, LONGEST_DEFAULT_WINDOW);
}
