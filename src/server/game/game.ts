import type { Configuration } from "../../protocol/configuration";
import type { QuestionProgress, WordAnswer, WordQuestion } from "../../protocol/game";
import type { Role } from "../../protocol/roles";
import type { Jobs, ListedWork } from "../jobs/jobs";
import { Latest } from "../jobs/latest";
import { listedLate } from "../jobs/listedLate";
import { eachModel } from "../models/eachModel";
import type { Models } from "../models/models";
import { askOne } from "./askOne";

export interface GameOptions {
  readonly configuration: () => Configuration;
  readonly models: Models;
  readonly jobs: Jobs;
  readonly tell: (progress: QuestionProgress) => void;
}

/** Asks the pair's models for hidden words, one word at a time. */
export class Game {
  private readonly question = new Latest();

  constructor(private readonly options: GameOptions) {}

  /** The answers of the models that the pair has; ends the question before. @throws EngineError */
  async ask(question: WordQuestion, signal: AbortSignal): Promise<readonly WordAnswer[]> {
    const { jobs, tell, models } = this.options;
    const ended = this.question.begin(signal);
    const listing = listedLate((last: QuestionProgress | null) => jobs.addQuestion(last), tell);
    try {
      return await models.use(() => this.answers(question, listing, ended));
    } finally {
      listing.end();
    }
  }

  cancel(): void {
    this.question.cancel();
  }

  private async answers(
    question: WordQuestion,
    listing: ListedWork<QuestionProgress>,
    signal: AbortSignal,
  ): Promise<WordAnswer[]> {
    const { models, configuration } = this.options;
    const onLoading = (role: Role, fraction: number) =>
      listing.move({ phase: "loading", role, fraction });
    return eachModel(models, models.roles(), { onLoading, signal }, (role, model) => {
      listing.move({ phase: "reading", role, fraction: null });
      return askOne(role, model, question, configuration().settings, signal);
    });
  }
}
