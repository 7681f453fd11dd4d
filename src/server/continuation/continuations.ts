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
import type { Jobs, ListedWork } from "../jobs/jobs";
import { Latest } from "../jobs/latest";
import { listedLate } from "../jobs/listedLate";
import { eachModel } from "../models/eachModel";
import type { Models } from "../models/models";
import type { Model } from "../models/slot";

export interface ContinuationsOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly jobs: Jobs;
  readonly tell: (drawn: Drawn) => void;
  readonly tellProgress: (progress: DrawingProgress) => void;
}

/** Has the pair's models go on with a text, one try at a time. */
export class Continuations {
  private readonly current = new Latest();

  constructor(private readonly options: ContinuationsOptions) {}

  /** What each model of the pair has read; ends the drawing before. @throws EngineError as of `continueText` */
  async draw(params: DrawParams, signal: AbortSignal): Promise<readonly ReadText[]> {
    const { jobs, models, tellProgress } = this.options;
    const { drawing } = params;
    const ended = this.current.begin(signal);
    const listing = listedLate(
      (last: DrawingStep | null) => jobs.addContinuation(last),
      (step) => tellProgress({ ...step, drawing }),
    );
    try {
      return await models.use(() => this.drawAll(params, listing, ended));
    } finally {
      listing.end();
    }
  }

  cancel(): void {
    this.current.cancel();
  }

  private async drawAll(
    params: DrawParams,
    listing: ListedWork<DrawingStep>,
    signal: AbortSignal,
  ): Promise<ReadText[]> {
    const { models } = this.options;
    const roles = models.roles();
    const onLoading = (role: Role, fraction: number) =>
      listing.move({ phase: "loading", role, fraction });
    const load = (role: Role) => models.load(role, (fraction) => onLoading(role, fraction), signal);
    const first = params.first && givenToken(params.first, await load(params.first.role));
    const drawnOf = drawnTokens(params, roles, listing);
    return eachModel(models, roles, { onLoading, signal }, async (role, model) => {
      const read = await this.drawOne(role, model, params, first, drawnOf(role), signal);
      return { role, ...read };
    });
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
  listing: ListedWork<DrawingStep>,
): (role: Role) => (tokens: number) => void {
  const wanted = roles.reduce((sum, role) => sum + samples[role].length * maxTokens, 0);
  const drawn = new Map<Role, number>();
  return (role) => (tokens) => {
    drawn.set(role, tokens);
    const sum = [...drawn.values()].reduce((a, b) => a + b, 0);
    listing.move({ phase: "drawing", fraction: Math.min(1, sum / Math.max(1, wanted)) });
  };
}
