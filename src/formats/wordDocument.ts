/** The JSON document of words: of `twinlens score --unit word --format json`, and of the editor's export. */
import * as z from "zod/mini";
import { PUNCTUATIONS, WORD_SURPRISALS } from "../protocol/words";
import { contextSchema, modelSchema, roleNumbersSchema } from "./scoreDocument";

const finite = z.number();
/** null where a word has no such number. */
const maybe = z.nullable(z.number());

/** How words are cut, and how their surprisal is made of their tokens'. */
const choiceSchema = z.object({
  surprisal: z.enum(WORD_SURPRISALS),
  punctuation: z.enum(PUNCTUATIONS),
});

/** One entry per word. */
const wordNumbersSchema = z.object({
  /** Number of tokens. */
  tokens: z.array(finite),
  bits: z.array(maybe),
  /** Before the first token; null as a whole where it was not measured. */
  entropyBits: z.nullable(z.array(maybe)),
  /** Bits that were taken off and added for the boundaries at its ends; null as a whole: nothing was. */
  boundaryBefore: z.nullable(z.array(maybe)),
  boundaryAfter: z.nullable(z.array(maybe)),
});

/** One entry per word, or per words that a token reaches across, in text order. */
const wordListSchema = z.object({
  /** Numbers from 0: of the first word, and of its sentence. */
  word: z.array(finite),
  /** How many words the entry is: 1, or those that a token reaches across. */
  words: z.array(finite),
  sentence: z.array(finite),
  text: z.array(z.string()),
  /** Code points, half-open. */
  start: z.array(finite),
  endExclusive: z.array(finite),
  base: z.nullable(wordNumbersSchema),
  rlhf: z.nullable(wordNumbersSchema),
});

export const wordDocumentSchema = z.object({
  format: z.literal("twinlens-words"),
  formatVersion: z.literal(1),
  twinlensVersion: z.string(),
  models: z.object({ base: z.nullable(modelSchema), rlhf: z.nullable(modelSchema) }),
  cautions: z.array(z.string()),
  context: contextSchema,
  choice: choiceSchema,
  files: z.array(
    z.object({
      name: z.string(),
      text: z.string(),
      base: z.nullable(roleNumbersSchema),
      rlhf: z.nullable(roleNumbersSchema),
      wordList: wordListSchema,
    }),
  ),
});

export type WordDocument = z.infer<typeof wordDocumentSchema>;
export type WordList = z.infer<typeof wordListSchema>;
export type WordNumbers = z.infer<typeof wordNumbersSchema>;
