import type { Memento } from "vscode";
import * as z from "zod/mini";
import type { AdaptParams } from "../../protocol/adaptation";

const KEY = "unfinishedAdaptations";

/** That are remembered, at most. */
const MOST = 20;

const begunSchema = z.object({
  model: z.string(),
  texts: z.array(z.string()),
  lines: z.boolean(),
  steps: z.number(),
  out: z.string(),
});

/** How a model was to be adapted. */
export type BegunAdaptation = Omit<AdaptParams, "goOn">;

/** Trainings that have begun and not come to their end, in all windows: what takes hours outlives them. */
export class UnfinishedAdaptations {
  constructor(private readonly store: Memento) {}

  /** Of these texts, the last one first. */
  of(texts: readonly string[]): readonly BegunAdaptation[] {
    return this.list.filter((begun) => begun.texts.join("\n") === texts.join("\n")).toReversed();
  }

  async keep({ model, texts, lines, steps, out }: BegunAdaptation): Promise<void> {
    const kept = [...this.othersThan(out), { model, texts: [...texts], lines, steps, out }];
    await this.store.update(KEY, kept.slice(-MOST));
  }

  async drop({ out }: Pick<BegunAdaptation, "out">): Promise<void> {
    await this.store.update(KEY, this.othersThan(out));
  }

  private get list(): readonly BegunAdaptation[] {
    const { data = [] } = z.array(begunSchema).safeParse(this.store.get(KEY));
    return data;
  }

  private othersThan(file: string): readonly BegunAdaptation[] {
    return this.list.filter(({ out }) => out !== file);
  }
}
