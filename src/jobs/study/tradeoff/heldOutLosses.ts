/** What a round's model loses on documents that are held out, scored as the measure `perplexity` does. */
import { z } from "zod";
import { EngineError } from "../../../engine/errors";
import type { HeldOut } from "../../../formats/study/tradeoff";
import type { CorpusDocument } from "../../corpora/corpus";
import { scoreDocuments } from "../scoreDocuments";
import type { HeldOutCorpus, RoundWork } from "./tradeoffWork";

/** Scored tokens, and what they lose, nats; or why it can't be told. */
const lossSchema = z.union([
  z.object({ document: z.string(), tokens: z.int(), nats: z.number() }),
  z.object({ document: z.string(), fault: z.string() }),
]);
type Loss = z.infer<typeof lossSchema>;
type Measured = Extract<Loss, { nats: number }>;

export interface HeldOutLosses {
  readonly heldOut: HeldOut[];
  /** `[corpus][document]`, nats. */
  readonly losses: number[][];
}

/**
 * @throws EngineError where the model can't be used, `Cancelled`; `TextTooShort` where a corpus has no document that can be read; CorpusError
 */
export async function heldOutLosses(work: RoundWork): Promise<HeldOutLosses> {
  const heldOut: HeldOut[] = [];
  const losses: number[][] = [];
  for (const [i, corpus] of work.heldOut.entries()) {
    const all = await lossesIn(work, corpus, i);
    const found = all.filter((loss): loss is Measured => "nats" in loss);
    for (const loss of all) {
      if ("fault" in loss && work.round === 0) {
        work.onWarning(`${loss.document} is not held out: ${loss.fault}`);
      }
    }
    if (found.length === 0) throw nothingIn(corpus);
    checkSame(work, i, found);
    heldOut.push({
      corpus: corpus.name,
      documents: found.map(({ document }) => document),
      tokens: found.map(({ tokens }) => tokens),
    });
    losses.push(found.map(({ nats }) => nats));
  }
  return { heldOut, losses };
}

/** Documents that are scored together; no number depends on it. */
const CHUNK = 16;

async function lossesIn(work: RoundWork, corpus: HeldOutCorpus, place: number): Promise<Loss[]> {
  const { settings, share, heldOut } = work;
  const losses: Loss[] = [];
  for await (const chunk of chunksOf(corpus.documents(), settings.documents)) {
    losses.push(...(await lossesOf(work, place, chunk, losses.length)));
    share.at("losses", (place + losses.length / settings.documents) / heldOut.length);
  }
  return losses;
}

/** The first documents, some at a time. */
async function* chunksOf(
  documents: AsyncIterable<CorpusDocument>,
  most: number,
): AsyncGenerator<CorpusDocument[]> {
  let chunk: CorpusDocument[] = [];
  let count = 0;
  for await (const document of documents) {
    chunk.push(document);
    count++;
    if (chunk.length === CHUNK || count === most) {
      yield chunk;
      chunk = [];
    }
    if (count === most) return;
  }
  if (chunk.length > 0) yield chunk;
}

/** @param first number of the first one in its corpus */
async function lossesOf(
  work: RoundWork,
  place: number,
  chunk: readonly CorpusDocument[],
  first: number,
): Promise<Loss[]> {
  const { journal, models, round, windows, signal } = work;
  return journal.once(["losses", place, first], z.array(lossSchema), async () => {
    const held = await models.holdAlone(`round ${round}`);
    const request = { hold: () => Promise.resolve(held), settings: windows, distributions: false };
    const texts = chunk.map(({ text }) => text);
    const scored = await scoreDocuments(texts, { ...request, signal });
    return scored.map((scores, i) => lossOf(chunk[i]!.id, scores));
  });
}

function lossOf(document: string, scores: Scored | EngineError): Loss {
  if (scores instanceof EngineError) {
    if (scores.code === "EngineCrashed") throw scores;
    return { document, fault: scores.message };
  }
  const { scoredTokens: tokens, bits } = scores.surprisal;
  if (tokens === 0) return { document, fault: "It is too short to predict anything in." };
  if (!Number.isFinite(bits)) return { document, fault: "The model rules out one of its tokens." };
  return { document, tokens, nats: bits * Math.LN2 };
}

type Scored = Exclude<Awaited<ReturnType<typeof scoreDocuments>>[number], EngineError>;

/** Losses are paired by document. @throws EngineError `Diverged` */
function checkSame({ round, plan }: RoundWork, place: number, found: readonly Measured[]): void {
  const before = plan.heldOut[place]?.documents;
  if (before === undefined) return;
  const gone = before.find((document, i) => found[i]?.document !== document);
  if (gone === undefined && found.length === before.length) return;
  throw new EngineError(
    "Diverged",
    `The loss of ${gone ?? "a document"} can't be measured any more in round ${round}. Measure anew with a smaller learning rate (tradeoff.learningRate).`,
  );
}

function nothingIn({ name }: HeldOutCorpus): EngineError {
  return new EngineError(
    "TextTooShort",
    `${name} has no document whose loss could be measured, and so can't be held out for tradeoff. Give other documents, or leave it out.`,
  );
}
