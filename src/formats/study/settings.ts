/** What the settings of a study file are made of. */
import * as z from "zod/mini";

export const name = () =>
  z
    .string()
    .check(z.minLength(1, "a name is expected"))
    .check(z.maxLength(200, "a name of at most 200 characters is expected"));

export const path = () => z.string().check(z.minLength(1, "a path is expected"));

/** A sentence that editors show beside the setting. */
export function describe<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description));
}
