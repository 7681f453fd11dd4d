import * as z from "zod/mini";
import * as bounds from "./bounds";
import { wholeNumber } from "./bounds";

/** Which anchors are looked for (docs/definitions.md, "Anchor spans"); the panel's sliders. */
export const anchorOptionsSchema = z.object({
  /** Code points. */
  minLength: wholeNumber(bounds.ANCHOR_LENGTH),
  /** Share of the samples that must have a span, 0 .. 1. */
  minShare: z.number().check(z.gte(0), z.lte(1)),
  limit: wholeNumber(bounds.ANCHORS),
  order: z.enum(["frequency", "mass"]),
});

export type AnchorOptions = Readonly<z.infer<typeof anchorOptionsSchema>>;
