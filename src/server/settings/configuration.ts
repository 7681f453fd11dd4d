import * as z from "zod";
import type { Configuration } from "../../protocol/configuration";
import { SCORING_SETTINGS, settingsSchema } from "../../protocol/settings";
import type { Conditions } from "../documents/layers";

const chosenSchema = z.object({ path: z.string(), adapter: z.string().nullable() });

const configurationSchema = z.object({
  settings: settingsSchema,
  live: z.boolean(),
  pair: z.object({
    name: z.string(),
    base: chosenSchema.nullable(),
    rlhf: chosenSchema.nullable(),
  }),
  storagePath: z.string().nullable(),
});

/** The host's configuration, checked; throws a `ZodError` that names what is wrong. */
export function parseConfiguration(value: unknown): Configuration {
  return configurationSchema.parse(value);
}

/** What scores are made with under a configuration. */
export function conditionsOf({ settings, pair }: Configuration): Conditions {
  const { name, base, rlhf } = pair;
  return {
    pair: name,
    key: JSON.stringify([base, rlhf, SCORING_SETTINGS.map((setting) => settings[setting])]),
  };
}
