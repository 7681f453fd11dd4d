import * as z from "zod/mini";

/** The prompt of a run, and what decides the form in which each model reads it, beside the model and the chat settings. */
export const runPromptSchema = z.object({
  /** As the user wrote it. */
  text: z.string(),
  /** What the base model gets it in, `{prompt}` standing for it; that alone: raw. */
  frame: z.string(),
  /** What the chat template is told of the time, ms since 1970: when the run was begun. */
  clock: z.number(),
});
export type RunPrompt = z.infer<typeof runPromptSchema>;
