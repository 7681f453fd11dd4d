/**
 * What was tried at places of documents: a place has tries, a try has continuations, and each of these may be gone on with by
 * further tries. Nodes stand in the order in which they were made, parents before their children.
 */

/** What of a node its place in the tree and the text on its path depend on. */
export type TreeNode = { readonly id: number; readonly parent: number | null } & (
  | { readonly kind: "place" }
  /** Goes on after the first `after` UTF-16 units of its parent, a place having none; `first` begins all its continuations. */
  | { readonly kind: "try"; readonly after: number; readonly first: string }
  | { readonly kind: "continuation"; readonly text: string }
);

export function nodeOf<Node extends TreeNode>(
  nodes: readonly Node[],
  id: number | null,
): Node | undefined {
  return nodes.find((node) => node.id === id);
}

export function childrenOf<Node extends TreeNode>(
  nodes: readonly Node[],
  parent: number | null,
): readonly Node[] {
  return nodes.filter((node) => node.parent === parent);
}

/** From the root to the node itself; empty where there is no such node. */
export function pathTo<Node extends TreeNode>(
  nodes: readonly Node[],
  id: number | null,
): readonly Node[] {
  const path: Node[] = [];
  for (let node = nodeOf(nodes, id); node; node = nodeOf(nodes, node.parent)) path.unshift(node);
  return path;
}

/**
 * The text from the place in the document to the end of a node.
 * @param upTo UTF-16 units of the node's own text, where it is a continuation; all of it
 */
export function pathText(nodes: readonly TreeNode[], id: number, upTo = Infinity): string {
  let text = "";
  let kept = upTo;
  for (const node of pathTo(nodes, id).toReversed()) {
    if (node.kind === "continuation") text = node.text.slice(0, kept) + text;
    if (node.kind !== "try") continue;
    text = node.first + text;
    kept = node.after;
  }
  return text;
}

/** The node and all that was tried after it. */
export function subtree<Node extends TreeNode>(
  nodes: readonly Node[],
  id: number,
): readonly Node[] {
  const inside = new Set<number | null>([id]);
  return nodes.filter((node) => {
    if (node.id !== id && !inside.has(node.parent)) return false;
    inside.add(node.id);
    return true;
  });
}

/** What is left without a node, and without places where nothing was tried any more. */
export function without<Node extends TreeNode>(
  nodes: readonly Node[],
  id: number,
): readonly Node[] {
  const gone = new Set(subtree(nodes, id));
  const left = nodes.filter((node) => !gone.has(node));
  return left.filter(({ kind, id: own }) => kind !== "place" || childrenOf(left, own).length > 0);
}

/** Puts nodes that were taken out back among those that are there. */
export function restored<Node extends TreeNode>(
  nodes: readonly Node[],
  taken: readonly Node[],
): readonly Node[] {
  const known = new Map([...taken, ...nodes].map((node) => [node.id, node]));
  return [...known.values()].toSorted((a, b) => a.id - b.id);
}

/**
 * What is left when the oldest tries are taken out until `most` is not exceeded.
 * @param most of what `sizeOf` gives, all nodes together
 * @param kept what leads to this node stays, whatever its size
 */
export function pruned<Node extends TreeNode>(
  nodes: readonly Node[],
  sizeOf: (node: Node) => number,
  most: number,
  kept: number | null,
): readonly Node[] {
  const path = new Set(pathTo(nodes, kept));
  let left = nodes;
  while (left.reduce((size, node) => size + sizeOf(node), 0) > most) {
    const oldest = left.find((node) => node.kind === "try" && !path.has(node));
    if (oldest === undefined) break;
    left = without(left, oldest.id);
  }
  return left;
}

/** Numbers of samples below `wanted` that are not there. */
export function missingNumbers(wanted: number, have: readonly number[]): readonly number[] {
  const there = new Set(have);
  return Array.from({ length: wanted }, (_, i) => i).filter((i) => !there.has(i));
}

/** The try that is seen with a node: itself, the one that a continuation is of, or a place's last one. */
export function tryOf<Node extends TreeNode>(
  nodes: readonly Node[],
  id: number | null,
): Extract<Node, { readonly kind: "try" }> | null {
  const node = nodeOf(nodes, id);
  const shown =
    node?.kind === "place"
      ? childrenOf(nodes, node.id).at(-1)
      : node?.kind === "continuation"
        ? nodeOf(nodes, node.parent)
        : node;
  return shown && isTry(shown) ? shown : null;
}

export function isTry<Node extends TreeNode>(
  node: Node,
): node is Extract<Node, { readonly kind: "try" }> {
  return node.kind === "try";
}

/** The text without the one blank at its end, which belongs to the word that follows. */
export function withoutLastBlank(text: string): string {
  return text.endsWith(" ") ? text.slice(0, -1) : text;
}
