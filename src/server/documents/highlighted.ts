import type { TextDocument } from "vscode-languageserver-textdocument";
import { type KnownDigest, withLaterOrigin } from "../../jobs/models/adapterOrigin";
import type { Measured } from "../../protocol/measured";
import type { Role } from "../../protocol/roles";
import type { ModelFacts, TextRange } from "../../protocol/scores";
import type { EditStep } from "./documents";
import { moveRange, type Edit } from "./edits";
import {
  type Conditions,
  describeLayer,
  editLayer,
  emptyLayer,
  moveRole,
  scoredTokens,
  type Layer,
  type LayerScores,
} from "./layers";
import type { Scope } from "../scoring/scope";

/** A document that is highlighted: its text, what was asked for, and what is known so far. */
export class HighlightedDocument {
  /** On screen. */
  visible: TextRange | null = null;
  selection: TextRange | null = null;
  /** Its scoring was cancelled: only the user begins another. */
  isGivenUp = false;

  /**
   * Newest first, at most two: what the running or last job found, and behind it, until that is complete, what the
   * one before had found.
   */
  layers: readonly Layer[] = [];

  /** Edits since the newest layer's job read the text: its findings are about the text before them. */
  private editsSince: Edit[] = [];

  constructor(
    public document: TextDocument,
    public scope: Scope,
    /** Models and settings in use: what others have found is old. */
    public inUse: Conditions,
  ) {}

  /** The layer that numbers are taken from. */
  get current(): Layer {
    const [newest = emptyLayer(this.inUse), older] = this.layers;
    return newest.base === null && newest.rlhf === null && older ? older : newest;
  }

  /** What the numbers were measured with. */
  get measured(): Measured {
    return this.measuredOf(this.current);
  }

  measuredOf(layer: Layer): Measured {
    const { pair } = this.inUse;
    return this.isOld(layer)
      ? { pair: layer.conditions.pair, replacedBy: pair }
      : { pair, replacedBy: null };
  }

  /** Other models or settings have found it than those in use. */
  isOld({ conditions }: Layer): boolean {
    return conditions.key !== this.inUse.key;
  }

  /** Makes room for a new job's findings. @returns what its predecessors leave it to build on */
  beginLayer(): Layer {
    const found = this.layers.filter((layer) => scoredTokens(layer) > 0);
    const usable = found.filter((layer) => !this.isOld(layer));
    const best = (usable.length > 0 ? usable : found).reduce(
      (best, layer) => (scoredTokens(layer) > scoredTokens(best) ? layer : best),
      emptyLayer(this.inUse),
    );
    this.layers = [emptyLayer(this.inUse), best];
    this.editsSince = [];
    return best;
  }

  /** Sets what the running job has found of one model so far. */
  setRole(role: Role, scores: LayerScores): void {
    const [newest = emptyLayer(this.inUse), ...older] = this.layers;
    const moved = this.editsSince.reduce(moveRole, scores);
    this.layers = [{ ...newest, [role]: moved }, ...older];
  }

  /** The newest layer is complete: older ones are dropped. */
  completeLayer(): void {
    this.layers = this.layers.slice(0, 1);
  }

  /**
   * Looks again whether adapters were made of other models, now that more digests are known.
   * @returns whether that says anything else than before
   */
  async recogniseAdapters(known: KnownDigest): Promise<boolean> {
    const found = new Map<ModelFacts, ModelFacts>();
    for (const role of this.layers.flatMap(({ base, rlhf }) => [base, rlhf])) {
      if (role === null) continue;
      const { model } = role.original;
      found.set(model, await withLaterOrigin(model, known));
    }
    this.layers = this.layers.map((layer) => describeLayer(layer, found));
    return [...found].some(([before, now]) => now !== before);
  }

  edit(document: TextDocument, steps: readonly EditStep[]): void {
    this.document = document;
    for (const { edit, staleFrom } of steps) {
      this.editsSince.push(edit);
      this.layers = this.layers.map((layer) => editLayer(layer, edit, staleFrom));
      this.scope = { ...this.scope, range: moved(this.scope.range, edit) };
      this.visible = moved(this.visible, edit);
      this.selection = moved(this.selection, edit);
    }
  }
}

function moved(range: TextRange | null, edit: Edit): TextRange | null {
  return range && moveRange(range, edit);
}
