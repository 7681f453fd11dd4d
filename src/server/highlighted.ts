import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Role } from "../protocol/roles";
import type { TextRange } from "../protocol/scores";
import type { EditStep } from "./documents";
import { moveRange, type Edit } from "./edits";
import {
  editLayer,
  EMPTY_LAYER,
  moveRole,
  scoredTokens,
  type Layer,
  type LayerScores,
} from "./layers";
import type { Scope } from "./scope";

/** A document that is highlighted: its text, what was asked for, and what is known so far. */
export class HighlightedDocument {
  /** On screen. */
  visible: TextRange | null = null;
  selection: TextRange | null = null;

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
  ) {}

  /** The layer that numbers are taken from. */
  get current(): Layer {
    const [newest = EMPTY_LAYER, older] = this.layers;
    return newest.base === null && newest.rlhf === null && older ? older : newest;
  }

  /** Makes room for a new job's findings. @returns what its predecessors leave it to build on */
  beginLayer(): Layer {
    const best = this.layers.reduce(
      (best, layer) => (scoredTokens(layer) > scoredTokens(best) ? layer : best),
      EMPTY_LAYER,
    );
    this.layers = [EMPTY_LAYER, best];
    this.editsSince = [];
    return best;
  }

  /** Sets what the running job has found of one model so far. */
  setRole(role: Role, scores: LayerScores): void {
    const [newest = EMPTY_LAYER, ...older] = this.layers;
    const moved = this.editsSince.reduce(moveRole, scores);
    this.layers = [{ ...newest, [role]: moved }, ...older];
  }

  /** The newest layer is complete: older ones are dropped. */
  completeLayer(): void {
    this.layers = this.layers.slice(0, 1);
  }

  /** Nothing is valid any more: models or settings have changed. */
  markAllStale(): void {
    this.layers = this.layers.map((layer) => ({ ...layer, staleFrom: 0 }));
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
