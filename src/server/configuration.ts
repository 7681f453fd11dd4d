import * as z from "zod";
import type { Configuration } from "../protocol/requests";
import { settingsSchema } from "../protocol/settings";

const configurationSchema = z.object({
  settings: settingsSchema,
  pair: z.object({
    name: z.string(),
    base: z.string().nullable(),
    rlhf: z.string().nullable(),
  }),
  storagePath: z.string().nullable(),
});

/** The host's configuration, checked; throws a `ZodError` that names what is wrong. */
export function parseConfiguration(value: unknown): Configuration {
  return configurationSchema.parse(value);
}

/** Equal for configurations under which a text gets the same scores. */
export function scoringKey({ settings, pair }: Configuration): string {
  const { window, stride, compatible, gpu, topK } = settings;
  const { systemPrompt, chatTemplate, templateVariables } = settings;
  const chat = [systemPrompt, chatTemplate, templateVariables];
  return JSON.stringify([pair.base, pair.rlhf, window, stride, compatible, gpu, topK, chat]);
}
