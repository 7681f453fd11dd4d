import * as z from "zod/mini";

const ofTransfer = z.object({ source: z.string() });
const ofFile = z.object({ path: z.string() });

/** The transfer that a row or a job stands for; null: it is none. */
export function sourceOf(argument: unknown): string | null {
  return ofTransfer.safeParse(argument).data?.source ?? null;
}

/** The file that a row stands for; null: it is none. */
export function pathOf(argument: unknown): string | null {
  return ofFile.safeParse(argument).data?.path ?? null;
}
