import { EngineError } from "../../engine/errors";
import { pieceBytes } from "../../engine/pieces";
import { continueText } from "../../jobs/continuation/continueText";
import type { GivenToken } from "../../jobs/continuation/givenToken";
import type { Configuration } from "../../protocol/configuration";
import type {
  DrawingProgress,
  DrawingStep,
  Drawn,
  DrawParams,
  FirstToken,
  ReadText,
} from "../../protocol/continuation";
import type { Role } from "../../protocol/roles";
import type { Jobs, ListedContinuation } from "../jobs/jobs";
import type { Models } from "../models/models";
import type { Model } from "../models/slot";
import { all, oneByOne } from "../scoring/scoreJob";

export interface ContinuationsOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly jobs: Jobs;
  readonly tell: (drawn: Drawn) => void;
  readonly tellProgress: (progress: DrawingProgress) => void;
}

/** What takes longer is listed among the jobs, ms. */
const LISTED_AFTER_MS = 1000;

/** Has the pair's models go on with a text, one try at a time. */
export class Continuations {
  private current = new AbortController();

  constructor(private readonly options: ContinuationsOptions) {}

  /** What each model of the pair has read; ends the drawing before. @throws EngineError as of `continueText` */
  async draw(params: DrawParams, signal: AbortSignal): Promise<readonly ReadText[]> {
    this.cancel();
    const current = (this.current = new AbortController());
    const ended = AbortSignal.any([signal, current.signal]);
    const listing = listingOf(this.options, params.drawing);
    try {
      return await this.options.models.use(() => this.drawAll(params, listing, ended));
    } finally {
      listing.end();
    }
  }

  cancel(): void {
    this.current.abort();
  }

  private async drawAll(
    params: DrawParams,
    listing: Listing,
    signal: AbortSignal,
  ): Promise<ReadText[]> {
    const { models } = this.options;
    const loading = (role: Role, fraction: number) =>
      listing.move({ phase: "loading", role, fraction });
    const together = await models.loadTogether(loading, signal);
    const load = (role: Role) => models.load(role, (fraction) => loading(role, fraction), signal);
    const first = params.first && givenToken(params.first, await load(params.first.role));
    const drawnOf = drawnTokens(params, models.roles(), listing);
    const draw = async (role: Role): Promise<ReadText> => {
      const read = await this.drawOne(role, await load(role), params, first, drawnOf(role), signal);
      return { role, ...read };
    };
    return together ? all(models.roles(), draw) : oneByOne(models.roles(), draw);
  }

  private drawOne(
    role: Role,
    model: Model,
    params: DrawParams,
    first: GivenToken | null,
    onTokens: (tokens: number) => void,
    signal: AbortSignal,
  ) {
    const { drawing, before, samples, seed, maxTokens, temperature, topP } = params;
    const { window, samplingTopK: topK, minP } = this.options.configuration().settings;
    return continueText({
      ...model,
      before,
      first,
      samples: samples[role],
      seed,
      maxTokens,
      sampler: { temperature, topK, topP: topP[role], minP },
      window,
      onContinuation: (continuation) => {
        if (!signal.aborted) this.options.tell({ drawing, role, continuation });
      },
      onTokens,
      signal,
    });
  }
}

/** @throws EngineError `FileVanished` where the model is not the one that the token was taken from */
function givenToken({ id, text }: FirstToken, { loaded }: Model): GivenToken {
  const { vocabulary, facts } = loaded;
  const piece = pieceBytes(vocabulary, id);
  const isSame = new TextDecoder().decode(piece).endsWith(text) && text !== "";
  if (isSame) return { id, piece, text };
  throw new EngineError(
    "FileVanished",
    `${facts.name} is not the model that this alternative was taken from. Highlight the text again.`,
  );
}

/** Takes the tokens that each model has drawn, and tells what share of all that is. */
function drawnTokens(
  { samples, maxTokens }: DrawParams,
  roles: readonly Role[],
  listing: Listing,
): (role: Role) => (tokens: number) => void {
  const wanted = roles.reduce((sum, role) => sum + samples[role].length * maxTokens, 0);
  const drawn = new Map<Role, number>();
  return (role) => (tokens) => {
    drawn.set(role, tokens);
    const sum = [...drawn.values()].reduce((a, b) => a + b, 0);
    listing.move({ phase: "drawing", fraction: Math.min(1, sum / Math.max(1, wanted)) });
  };
}

/** How far a drawing is. */
interface Listing {
  move(step: DrawingStep): void;
  end(): void;
}

/** Told to the panel at once, and to the list of jobs where it takes long. */
function listingOf({ jobs, tellProgress }: ContinuationsOptions, drawing: number): Listing {
  let last: DrawingStep | null = null;
  let listed: ListedContinuation | null = null;
  const late = setTimeout(() => (listed = jobs.addContinuation(last)), LISTED_AFTER_MS);
  return {
    move(step) {
      last = step;
      listed?.move(step);
      tellProgress({ ...step, drawing });
    },
    end() {
      clearTimeout(late);
      listed?.end();
    },
  };
}
