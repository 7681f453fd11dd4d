import type { Memento } from "vscode";
import * as z from "zod/mini";

const KEY = "wishedModels";

const wishSchema = z.object({
  /** Of the pair, or of the model. */
  name: z.string(),
  /** Of the base model and of its RLHF twin, or of one model alone; a path stands for what lies here already. */
  sources: z.array(z.string()).check(z.minLength(1), z.maxLength(2)),
  /** Of all their files; null: nobody says. */
  bytes: z.nullable(z.number()),
});

/** Models that the user has asked for and does not have yet. */
export type Wish = Readonly<z.infer<typeof wishSchema>>;

/** What is wished for, in all windows; it outlives them. */
export class Wishes {
  constructor(private readonly store: Memento) {}

  get list(): readonly Wish[] {
    const { data = [] } = z.array(wishSchema).safeParse(this.store.get(KEY));
    return data;
  }

  has(wish: Wish): boolean {
    return this.list.some((one) => isSame(one, wish));
  }

  /** The wish that a source belongs to. */
  of(source: string): Wish | undefined {
    return this.list.find(({ sources }) => sources.includes(source));
  }

  async keep(wish: Wish): Promise<void> {
    if (!this.has(wish)) await this.store.update(KEY, [...this.list, wish]);
  }

  async drop(wish: Wish): Promise<void> {
    const rest = this.list.filter((one) => !isSame(one, wish));
    await this.store.update(KEY, rest);
  }
}

function isSame(one: Wish, other: Wish): boolean {
  return one.sources.join("\n") === other.sources.join("\n");
}
