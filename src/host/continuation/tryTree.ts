import { type Disposable, EventEmitter, type Memento, workspace } from "vscode";
import type { Place } from "../../analysis/continuations/place";
import { nodeOf, pathTo, restored, subtree, without } from "../../analysis/continuations/tree";
import type {
  ContinuationTreeNode,
  DrawingChoice,
  PlaceNode,
} from "../../protocol/continuationPanel";
import { bounded, type KeptTree, readKept, writeKept } from "./keptTree";
import { placesAfter } from "./textPlaces";

/** Typing moves places with every key, ms. */
const KEPT_AFTER_MS = 300;

/**
 * The window's tree of what was tried. Its places follow the edits of their documents, and all of it outlives a reload. It is read when
 * it is first needed, as a large one would hold up the start of the window.
 */
export class TryTree implements Disposable {
  private read: KeptTree | null = null;
  /** Removed last. */
  private taken: readonly ContinuationTreeNode[] = [];
  private keeping: NodeJS.Timeout | null = null;
  private readonly change = new EventEmitter<void>();
  private readonly following: Disposable;
  readonly onDidChange = this.change.event;

  constructor(private readonly store: Memento) {
    this.following = workspace.onDidChangeTextDocument((event) => {
      const moved = placesAfter(this.nodes, event);
      if (moved === this.nodes) return;
      this.nodes = moved;
      this.keepSoon();
    });
  }

  get nodes(): readonly ContinuationTreeNode[] {
    return this.kept.nodes;
  }

  set nodes(nodes: readonly ContinuationTreeNode[]) {
    this.kept.nodes = nodes;
  }

  get selected(): number | null {
    return this.kept.selected;
  }

  set selected(id: number | null) {
    this.kept.selected = id;
  }

  /** null: as the settings say. */
  get choice(): DrawingChoice | null {
    return this.kept.choice;
  }

  set choice(choice: DrawingChoice | null) {
    this.kept.choice = choice;
  }

  get canUndo(): boolean {
    return this.taken.length > 0;
  }

  /** Of no node that there is, or can be put back. */
  get newId(): number {
    return 1 + [...this.nodes, ...this.taken].reduce((most, { id }) => Math.max(most, id), 0);
  }

  node(id: number): ContinuationTreeNode | undefined {
    return nodeOf(this.nodes, id);
  }

  /** @throws Error where the node is there no more */
  placeOf(id: number): PlaceNode {
    const [place] = pathTo(this.nodes, id);
    if (place?.kind === "place") return place;
    throw new Error("This was removed.");
  }

  /** The node of a place in a document, put there where it is not known. */
  place(uri: string, title: string, place: Place): PlaceNode {
    const known = this.nodes.find(
      (node) => node.kind === "place" && node.uri === uri && isSame(node, place),
    );
    const id = known?.id ?? this.newId;
    const node: PlaceNode = { kind: "place", id, parent: null, uri, title, ...place };
    this.put(node);
    return node;
  }

  /** In place of the node that has its number. */
  put(node: ContinuationTreeNode): void {
    this.nodes = restored([node], this.nodes);
  }

  /** Removes a node with all that was tried after it. @returns what is gone */
  remove(id: number): readonly ContinuationTreeNode[] {
    const parent = this.node(id)?.parent ?? null;
    const gone = subtree(this.nodes, id);
    this.takeOut(without(this.nodes, id), parent);
    return gone;
  }

  clear(): void {
    this.takeOut([], null);
  }

  /** Puts back what was removed last. */
  undo(): void {
    this.nodes = restored(this.nodes, this.taken);
    this.selected = this.taken.at(-1)?.id ?? this.selected;
    this.taken = [];
    this.changed();
  }

  /** The oldest tries make room where there are too many. */
  bound(): void {
    this.nodes = bounded(this.nodes, this.selected);
  }

  changed(): void {
    this.keepSoon();
    this.refresh();
  }

  /** What is seen with the tree has changed. */
  refresh(): void {
    this.change.fire();
  }

  dispose(): void {
    if (this.keeping) this.keep();
    this.following.dispose();
    this.change.dispose();
  }

  private takeOut(left: readonly ContinuationTreeNode[], selected: number | null): void {
    const there = new Set(left);
    this.taken = this.nodes.filter((node) => !there.has(node));
    this.nodes = left;
    this.selected = nodeOf(left, selected)?.id ?? left.at(-1)?.id ?? null;
    this.changed();
  }

  private keepSoon(): void {
    this.keeping ??= setTimeout(() => this.keep(), KEPT_AFTER_MS);
  }

  private keep(): void {
    if (this.keeping) clearTimeout(this.keeping);
    this.keeping = null;
    writeKept(this.store, this.kept);
  }

  private get kept(): KeptTree {
    return (this.read ??= readKept(this.store));
  }
}

function isSame(node: Place, { start, blank }: Place): boolean {
  return node.start === start && node.blank === blank && !node.isAdrift;
}
