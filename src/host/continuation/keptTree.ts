/** What of the continuations outlives a reload of the window. */
import type { Memento } from "vscode";
import * as z from "zod/mini";
import { pruned } from "../../analysis/continuations/tree";
import {
  continuationTreeNode,
  type ContinuationTreeNode,
  drawingChoice,
} from "../../protocol/continuationPanel";

const keptTree = z.object({
  nodes: z.readonly(z.array(continuationTreeNode)),
  selected: z.nullable(z.int()),
  /** null: as the settings say. */
  choice: z.nullable(drawingChoice),
});
export type KeptTree = z.infer<typeof keptTree>;

const KEY = "continuations";
/** Of all nodes together, as {@link sizeOf} counts: some thousand continuations. */
const MOST = 600_000;
/** Of a node beside its text. */
const OWN_SIZE = 120;
/** Of a token's place in a text. */
const TOKEN_SIZE = 4;

/** Nothing where nothing was kept, or by another version. */
export function readKept(store: Memento): KeptTree {
  const parsed = keptTree.safeParse(store.get(KEY));
  if (!parsed.success) return { nodes: [], selected: null, choice: null };
  return { ...parsed.data, nodes: attached(parsed.data.nodes) };
}

/** What a node may hang on; null: on nothing. */
const PARENTS: Readonly<
  Record<ContinuationTreeNode["kind"], readonly (ContinuationTreeNode["kind"] | null)[]>
> = { place: [null], try: ["place", "continuation"], continuation: ["try"] };

/** The nodes that stand behind what they hang on: of a damaged tree no path goes round in a circle. */
function attached(nodes: readonly ContinuationTreeNode[]): readonly ContinuationTreeNode[] {
  const kinds = new Map<number, ContinuationTreeNode["kind"]>();
  return nodes.filter(({ id, parent, kind }) => {
    const above = parent === null ? null : kinds.get(parent);
    if (above === undefined || kinds.has(id) || !PARENTS[kind].includes(above)) return false;
    kinds.set(id, kind);
    return true;
  });
}

export function writeKept(store: Memento, tree: KeptTree): void {
  void store.update(KEY, { ...tree });
}

/** As many nodes as are kept; the oldest tries make room, but never what leads to the selected node. */
export function bounded(
  nodes: readonly ContinuationTreeNode[],
  selected: number | null,
): readonly ContinuationTreeNode[] {
  return pruned(nodes, sizeOf, MOST, selected);
}

/** About the characters that it is stored in. */
function sizeOf(node: ContinuationTreeNode): number {
  switch (node.kind) {
    case "place":
      return OWN_SIZE + node.uri.length + node.before.length + node.after.length;
    case "try":
      return OWN_SIZE + node.first.length + node.pair.length;
    case "continuation":
      return OWN_SIZE + node.text.length + TOKEN_SIZE * node.starts.length;
  }
}
