import type { Configuration } from "../../protocol/configuration";
import type { QuestionProgress, WordAnswer, WordQuestion } from "../../protocol/game";
import type { Role } from "../../protocol/roles";
import type { Jobs, ListedQuestion } from "../jobs/jobs";
import type { Models } from "../models/models";
import { all, oneByOne } from "../scoring/scoreJob";
import { askOne } from "./askOne";

export interface GameOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly jobs: Jobs;
  readonly tell: (progress: QuestionProgress) => void;
}

/** What takes longer is listed among the jobs, ms. */
const LISTED_AFTER_MS = 1000;

/** Asks the pair's models for hidden words, one word at a time. */
export class Game {
  private question = new AbortController();

  constructor(private readonly options: GameOptions) {}

  /** The answers of the models that the pair has; ends the question before. @throws EngineError */
  async ask(question: WordQuestion, signal: AbortSignal): Promise<readonly WordAnswer[]> {
    this.cancel();
    const current = (this.question = new AbortController());
    const ended = AbortSignal.any([signal, current.signal]);
    const listing = listingOf(this.options);
    try {
      return await this.options.models.use(() => this.answers(question, listing, ended));
    } finally {
      listing.end();
    }
  }

  cancel(): void {
    this.question.abort();
  }

  private async answers(
    question: WordQuestion,
    listing: Listing,
    signal: AbortSignal,
  ): Promise<WordAnswer[]> {
    const { models, configuration } = this.options;
    const loading = (role: Role, fraction: number) =>
      listing.move({ phase: "loading", role, fraction });
    const together = await models.loadTogether(loading, signal);
    const ask = async (role: Role) => {
      const model = await models.load(role, (fraction) => loading(role, fraction), signal);
      listing.move({ phase: "reading", role, fraction: null });
      return askOne(role, model, question, configuration().settings, signal);
    };
    return together ? all(models.roles(), ask) : oneByOne(models.roles(), ask);
  }
}

/** How far a question is. */
interface Listing {
  move(progress: QuestionProgress): void;
  end(): void;
}

/** Told to the game's panel at once, and to the list of jobs where it takes long. */
function listingOf({ jobs, tell }: GameOptions): Listing {
  let last: QuestionProgress | null = null;
  let listed: ListedQuestion | null = null;
  const late = setTimeout(() => (listed = jobs.addQuestion(last)), LISTED_AFTER_MS);
  return {
    move(progress) {
      last = progress;
      listed?.move(progress);
      tell(progress);
    },
    end() {
      clearTimeout(late);
      listed?.end();
    },
  };
}
