/**
 * How run files of older versions become those of this one. What a document holds is not known yet: what is missing or
 * no object is left for the schema to refuse.
 */
type Fields = Readonly<Record<string, unknown>>;

/** `MIGRATIONS[v - 1]` turns a document of version v into one of version v + 1. */
export const MIGRATIONS: readonly ((document: object) => object)[] = [
  addScores,
  splitSources,
  addAbout,
];

const SIDES = ["rlhf", "base"] as const;
type Side = (typeof SIDES)[number];

/** Version 2 keeps scores under the other model, a second alignment, and n-grams of tokens. */
function addScores(document: object): object {
  const scored = { base: null, rlhf: null };
  const fields = onEachSide(document, (side) => ({
    ...side,
    samples: samplesOf(side).map((sample) => (isFields(sample) ? { ...sample, scored } : sample)),
    mafft: null,
    ngrams: null,
  }));
  return { ...fields, version: 2 };
}

/** Version 3 says who drew or wrote the samples of a side apart from who scores them, and keeps the frame as it was. */
function splitSources(document: object): object {
  const before = document as Fields;
  const scorers = Object.fromEntries(SIDES.map((role) => [role, scorerOf(before, role)]));
  const fields = onEachSide(document, ({ model, prompt, sampler, ...side }, role) => ({
    source:
      model === null
        ? { kind: "file", name: before.name }
        : { kind: "model", role, model, prompt, frame: frameOf(before, role, prompt), sampler },
    ...side,
  }));
  return { ...fields, scorers, version: 3 };
}

/** Version 4 tells what a recorded run is. */
function addAbout(document: object): object {
  return { ...document, about: null, version: 4 };
}

/** The model of a side, where it has scored samples of the other one. */
function scorerOf(document: Fields, role: Side): object | null {
  const [own, other] = [document[role], document[role === "base" ? "rlhf" : "base"]];
  if (!isFields(own) || !isFields(other) || own.model === null) return null;
  const hasScored = samplesOf(other).some(
    (sample) => isFields(sample) && isFields(sample.scored) && sample.scored[role] !== null,
  );
  return hasScored ? { model: own.model, prompt: own.prompt } : null;
}

/** What a base model's prompt was put into; up to version 2 the prompt as it was sent was all there was. */
function frameOf(document: Fields, role: Side, sent: unknown): string | null {
  if (role === "rlhf") return null;
  const framed = FRAME.split("{prompt}").join(String(document.prompt));
  return String(sent).endsWith(framed) ? FRAME : "{prompt}";
}

/** The only one that there was. */
const FRAME = "### Instruction:\n{prompt}\n\n### Response:\n";

function onEachSide(document: object, change: (side: Fields, role: Side) => object): Fields {
  const fields: Record<string, unknown> = { ...document };
  for (const role of SIDES) {
    const side = fields[role];
    if (isFields(side)) fields[role] = change(side, role);
  }
  return fields;
}

function samplesOf({ samples }: Fields): readonly unknown[] {
  return Array.isArray(samples) ? (samples as readonly unknown[]) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
