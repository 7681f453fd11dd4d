import { CancellationTokenSource, type Disposable, env } from "vscode";
import type { Place } from "../../analysis/continuations/place";
import { pathText, tryOf, withoutLastBlank } from "../../analysis/continuations/tree";
import {
  ContinuationRequest,
  type Drawn,
  type DrawParams,
  type FirstToken,
  MOST_TEXT,
  type ReadText,
} from "../../protocol/continuation";
import type { ContinuationsView, DrawingChoice, TryNode } from "../../protocol/continuationPanel";
import { type Role, ROLES } from "../../protocol/roles";
import type { Settings } from "../../protocol/settings";
import type { Server } from "../connection/server";
import { type NoPair, onlyModel, type ResolvedPair } from "../settings/pairs";
import { firstLine, isCancelled, isEndOfServer } from "../window/errors";
import { findPlace, insertAt, revealPlace } from "./textPlaces";
import {
  newTry,
  nextStep,
  sameTry,
  startAt,
  type Terms,
  textBefore,
  toDraw,
  type TryStart,
} from "./tries";
import type { TryTree } from "./tryTree";

export interface ContinuationsOptions {
  readonly server: Server;
  readonly tree: TryTree;
  readonly settings: () => Settings;
  /** The pair in use. */
  readonly pair: () => ResolvedPair | NoPair;
}

/** Where somebody wants to see how a text would have gone on. */
export interface Start {
  readonly uri: string;
  /** Name of the document. */
  readonly title: string;
  readonly place: Place;
  /** What is to stand there; null: nothing is given. */
  readonly first: FirstToken | null;
}

interface Drawing {
  readonly number: number;
  /** Of the try. */
  readonly id: number;
  readonly ended: CancellationTokenSource;
}

/** Continuations of each model, and tokens of each, where nobody has chosen. */
const SAMPLES = 8;
const MAX_TOKENS = 40;

/** Has the server draw continuations, one try at a time, and puts them into the tree. */
export class Continuations implements Disposable {
  private drawing: Drawing | null = null;
  private failure: string | null = null;
  private drawings = 0;
  private readonly hearing: Disposable;

  constructor(private readonly options: ContinuationsOptions) {
    this.hearing = options.server.onContinuation((drawn) => this.add(drawn));
  }

  get view(): ContinuationsView {
    const { terms, roles, drawing, failure } = this;
    const { nodes, selected, canUndo } = this.options.tree;
    return {
      nodes,
      selected,
      choice: terms.choice,
      drawing: drawing?.id ?? null,
      next: nextStep(nodes, selected, terms, roles),
      failure,
      canUndo,
      only: onlyModel(this.options.pair()),
    };
  }

  /** Of the drawing that is under way, as its events name it; null: none is. */
  get drawingNumber(): number | null {
    return this.drawing?.number ?? null;
  }

  /** Draws from a place of a document; resolves when that has ended. */
  begin({ uri, title, place, first }: Start): Promise<void> {
    const { id } = this.options.tree.place(uri, title, place);
    return this.drawFrom(startAt(id, 0, first));
  }

  /** Draws what a try lacks, or more; as another try where it was drawn in another way. */
  async drawMore(id: number): Promise<void> {
    const shown = tryOf(this.options.tree.nodes, id);
    if (shown) await this.drawFrom(shown);
  }

  /** Goes on after so many UTF-16 units of a continuation. A blank at their end is left to what follows. */
  async goOn(id: number, upTo: number): Promise<void> {
    const node = this.options.tree.node(id);
    if (node?.kind !== "continuation") return;
    const after = withoutLastBlank(node.text.slice(0, upTo)).length;
    await this.drawFrom(startAt(id, after, null));
  }

  choose(choice: DrawingChoice): void {
    this.options.tree.choice = choice;
    this.changed();
  }

  select(id: number): void {
    const { tree } = this.options;
    tree.selected = tree.node(id)?.id ?? tree.selected;
    this.changed();
  }

  cancel(): void {
    if (this.drawing === null) return;
    this.endDrawing();
    this.failure = CANCELLED;
    this.changed();
  }

  /** Puts the text of the path into its document. @throws Error as of `insertAt` */
  async insert(id: number, upTo: number): Promise<void> {
    const { tree } = this.options;
    await insertAt(tree.placeOf(id), pathText(tree.nodes, id, upTo));
  }

  async copy(id: number, upTo: number): Promise<void> {
    await env.clipboard.writeText(pathText(this.options.tree.nodes, id, upTo));
  }

  /** @throws Error as of `findPlace` */
  async reveal(id: number): Promise<void> {
    await revealPlace(this.options.tree.placeOf(id));
  }

  remove(id: number): void {
    const gone = this.options.tree.remove(id);
    if (gone.some((node) => node.id === this.drawing?.id)) this.endDrawing();
    this.changed();
  }

  clear(): void {
    this.endDrawing();
    this.failure = null;
    this.options.tree.clear();
  }

  undo(): void {
    this.options.tree.undo();
  }

  dispose(): void {
    this.endDrawing();
    this.hearing.dispose();
  }

  private get terms(): Terms {
    const pair = this.options.pair();
    const { temperature, topPBase, topPRlhf, seed } = this.options.settings();
    const usual = { samples: SAMPLES, maxTokens: MAX_TOKENS, temperature, topPBase, topPRlhf };
    const choice = this.options.tree.choice ?? usual;
    return { pair: "problem" in pair ? "" : pair.name, seed, choice };
  }

  /** The models that draw. */
  private get roles(): readonly Role[] {
    const only = onlyModel(this.options.pair());
    return only === null ? ROLES : [only];
  }

  /** Ends the drawing before; what it has drawn stays. */
  private async drawFrom(start: TryStart): Promise<void> {
    this.endDrawing();
    const pair = this.options.pair();
    if ("problem" in pair) return this.fail(pair.problem);
    const { tree } = this.options;
    const { terms } = this;
    const attempt = sameTry(tree.nodes, start, terms) ?? newTry(tree.newId, start, terms);
    const { wanted, samples } = toDraw(tree.nodes, attempt, this.roles, terms.choice.samples);
    tree.put({ ...attempt, wanted });
    tree.selected = attempt.id;
    this.failure = null;
    const ended = new CancellationTokenSource();
    const drawing = (this.drawing = { number: ++this.drawings, id: attempt.id, ended });
    this.changed();
    try {
      const params = await this.paramsOf(attempt, drawing.number, samples);
      const read = await this.options.server.request(ContinuationRequest.draw, params, ended.token);
      if (this.drawing === drawing) this.noteRead(attempt.id, read);
    } catch (error) {
      if (this.drawing === drawing) this.failure = reasonOf(error);
    } finally {
      ended.dispose();
    }
    if (this.drawing !== drawing) return;
    this.drawing = null;
    tree.bound();
    this.changed();
  }

  private async paramsOf(
    attempt: TryNode,
    drawing: number,
    samples: DrawParams["samples"],
  ): Promise<DrawParams> {
    const { tree } = this.options;
    const { document, start } = await findPlace(tree.placeOf(attempt.id));
    const before = document.getText().slice(0, start) + textBefore(tree.nodes, attempt);
    const { seed, first, token } = attempt;
    const { maxTokens, temperature, topPBase, topPRlhf } = attempt.drawing;
    return {
      drawing,
      before: before.slice(-MOST_TEXT),
      first: token && { ...token, text: first },
      samples,
      seed,
      maxTokens,
      temperature,
      topP: { base: topPBase, rlhf: topPRlhf },
    };
  }

  private add({ drawing, role, continuation }: Drawn): void {
    if (this.drawing?.number !== drawing) return;
    const { tree } = this.options;
    const parent = this.drawing.id;
    tree.put({ kind: "continuation", id: tree.newId, parent, role, ...continuation });
    this.changed();
  }

  private noteRead(id: number, read: readonly ReadText[]): void {
    const { tree } = this.options;
    const attempt = tree.node(id);
    if (attempt?.kind !== "try") return;
    const cut = read.flatMap(({ role, tokens, isCut }) => (isCut ? [[role, tokens]] : []));
    tree.put({ ...attempt, cut: Object.fromEntries(cut) as TryNode["cut"] });
  }

  private fail(reason: string): void {
    this.failure = reason;
    this.changed();
  }

  private endDrawing(): void {
    this.drawing?.ended.cancel();
    this.drawing = null;
  }

  private changed(): void {
    this.options.tree.changed();
  }
}

const CANCELLED = "Cancelled. What was drawn stays.";

/** In words for the user. */
function reasonOf(error: unknown): string {
  if (isCancelled(error)) return CANCELLED;
  if (isEndOfServer(error)) return "The language server ended before all was drawn.";
  return firstLine(error);
}
