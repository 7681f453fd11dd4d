/** What a catalogue of models may say. */
import * as z from "zod/mini";
import {
  CATALOG_MODELS,
  MODEL_BYTES,
  MODEL_PARTS,
  range,
  wholeNumber,
} from "../../protocol/bounds";
import { MODEL_STAGES } from "../../protocol/modelFiles";
import { parseSource, partsOf, type Source, SourceError } from "./source";

/** A text on one line, with nothing in it that could hide or reorder what stands beside it. */
const line = (most: number) => {
  const message = `a text of 1 to ${most} visible characters is expected`;
  return z
    .string(message)
    .check(
      z.minLength(1, message),
      z.maxLength(most, message),
      z.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u, message),
    );
};

/** A word that every shell takes as it is, and that is no path, no option and no address. */
const nameSchema = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._+-]{0,79}$/u,
      "a name of letters, digits and . _ + - is expected, 80 characters at most",
    ),
  );

const sourceSchema = z.string().check((payload) => {
  const source = sourceOr(payload.value);
  if (typeof source !== "string") return;
  payload.issues.push({ code: "custom", message: source, input: payload.value });
});

/** The source, or why it is none. */
function sourceOr(text: string): Source | string {
  try {
    return parseSource(text);
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}

const digestSchema = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/u, "64 hexadecimal digits in lower case are expected"));

const addressSchema = line(500).check(
  z.regex(/^https?:\/\/[^\s/?#\\@]+(?:[/?#]\S*)?$/u, "an http or https address is expected"),
);

const entrySchema = z.strictObject({
  name: nameSchema.check(z.describe("What the command line takes; unique among all catalogues.")),
  family: line(60).check(
    z.describe("Models of one family, size and quantisation are offered as a pair."),
  ),
  size: line(20).check(z.describe("As its makers call it, such as 7B.")),
  quantisation: line(20).check(z.describe("Such as Q4_K_M.")),
  stage: z
    .enum(MODEL_STAGES)
    .check(z.describe("How far its training has gone; base is the base model of a pair.")),
  source: sourceSchema.check(
    z.describe(
      "hf:user/repository/file.gguf, with #revision where one is wanted, or an http(s) address; of a split model its first file.",
    ),
  ),
  bytes: wholeNumber(MODEL_BYTES).check(
    z.describe("Of all its files; rounded where no more is known."),
  ),
  sha256: z.optional(
    z
      .union([digestSchema, z.array(digestSchema).check(z.maxLength(MODEL_PARTS.most))])
      .check(z.describe("Of its file; of a split model a list, one for each file.")),
  ),
  licence: line(100).check(z.describe("Its name, shown before anything is fetched.")),
  licenceUrl: z.optional(addressSchema.check(z.describe("Where its text stands."))),
  gated: z._default(
    z.boolean().check(z.describe("Its hub wants a token of somebody who has accepted its terms.")),
    false,
  ),
  confirmed: z.optional(line(1000).check(z.describe("What was seen of it, and where."))),
  caution: z.optional(
    line(500).check(z.describe("What was not seen of it; said wherever it is offered.")),
  ),
});

/** One model of a catalogue, whatever the others are. */
export const catalogModelSchema = entrySchema.check((payload) => {
  const { sha256, source: text } = payload.value;
  const source = sourceOr(text);
  if (sha256 === undefined || typeof source === "string") return;
  const parts = partsOf(source.fileName);
  if ([sha256].flat().length === parts) return;
  const message = `${parts === 1 ? "one digest is" : `${parts} digests are`} expected, as many as files`;
  payload.issues.push({ code: "custom", message, input: sha256, path: ["sha256"] });
});

export type CatalogModel = z.infer<typeof catalogModelSchema>;

export const catalogSchema = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.literal(1),
  models: z
    .array(catalogModelSchema)
    .check(
      z.maxLength(
        CATALOG_MODELS.most,
        `a catalogue of ${range(CATALOG_MODELS)} models is expected`,
      ),
    ),
});
