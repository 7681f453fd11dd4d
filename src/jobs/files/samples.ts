import { type FileRecord, readRecords, RecordError } from "./records";
import { modelOf, promptOf, type Sample, samplesOf, stageOf } from "./shapes";
import { field } from "./values";

/** A sample from elsewhere, and what its record says of its writer; null: nothing. */
export interface ImportedSample extends Sample {
  readonly stage: string | null;
}

/** Samples from elsewhere: one prompt and its texts. */
export interface ImportedPrompt {
  readonly prompt: string;
  readonly samples: readonly ImportedSample[];
}

/**
 * Reads samples in the shapes of many programs (`shapes.ts`), or plain text with one sample per line. Records of
 * one prompt are put together, in the order in which prompts come first.
 * @throws RecordError with the place of what can't be read
 */
export function readSamples(text: string): ImportedPrompt[] {
  const samplesOfPrompt = new Map<string, ImportedSample[]>();
  for (const record of readRecords(text)) {
    const { prompt, samples } = readRecord(record);
    const known = samplesOfPrompt.get(prompt);
    if (known) for (const sample of samples) known.push(sample);
    else samplesOfPrompt.set(prompt, [...samples]);
  }
  if (samplesOfPrompt.size === 0) throw new RecordError("The file holds no samples.");
  return [...samplesOfPrompt].map(([prompt, samples]) => ({ prompt, samples }));
}

/** @throws RecordError */
function readRecord({ value, place }: FileRecord): ImportedPrompt {
  if (typeof value === "string") {
    return { prompt: "", samples: [{ text: value, model: null, stage: null }] };
  }
  const samples = samplesOf(value);
  if (samples === null) throw new RecordError(`${place} holds no samples: ${EXPECTED}`);
  const [stage, model] = [stageOf(value), modelOf(value)];
  return {
    prompt: promptOf(value) ?? questionOf(value),
    samples: samples.map((sample) => ({ ...sample, model: sample.model ?? model, stage })),
  };
}

const EXPECTED =
  '"samples", "generations", "completion", "response", "output", "choices", "messages" or "text" is expected, of texts.';

/** FastChat's answers and OpenAI's batches name the question they are about. */
function questionOf(record: unknown): string {
  const id = field(record, "question_id") ?? field(record, "custom_id");
  return typeof id === "string" || typeof id === "number" ? `Question ${id}` : "";
}
