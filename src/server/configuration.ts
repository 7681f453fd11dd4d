import * as z from "zod";
import type { Configuration } from "../protocol/requests";
import { SCORING_SETTINGS, settingsSchema } from "../protocol/settings";

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
  return JSON.stringify([pair.base, pair.rlhf, SCORING_SETTINGS.map((name) => settings[name])]);
}
