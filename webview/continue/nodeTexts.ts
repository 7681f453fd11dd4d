/** What the nodes of the tree are called; foreign text stays on one line. */
import { shortened, visibleText } from "../../src/analysis/presentation/format";
import { childrenOf } from "../../src/analysis/continuations/tree";
import type {
  ContinuationNode,
  ContinuationTreeNode,
  PlaceNode,
  TryNode,
} from "../../src/protocol/continuationPanel";
import { ROLE_TITLES, ROLES } from "../../src/protocol/roles";

/** Characters of a text that tell it from others. */
const ENDING = 32;
const BEGINNING = 60;

export function nodeText(
  nodes: readonly ContinuationTreeNode[],
  node: ContinuationTreeNode,
): string {
  switch (node.kind) {
    case "place":
      return placeText(node);
    case "try":
      return tryText(nodes, node);
    case "continuation":
      return continuationText(node);
  }
}

function placeText({ title, before }: PlaceNode): string {
  const where = before.trim() === "" ? "at the beginning" : `after “${ending(before)}”`;
  return `${visibleText(title)}, ${where}`;
}

/** `8 base, 8 RLHF, from “lights”` */
function tryText(nodes: readonly ContinuationTreeNode[], attempt: TryNode): string {
  const drawn = childrenOf(nodes, attempt.id);
  const counts = ROLES.flatMap((role) => {
    const count = drawn.filter((node) => isOf(node, role)).length;
    return count === 0 ? [] : [`${count} ${role === "base" ? "base" : "RLHF"}`];
  });
  const { first } = attempt;
  const parent = nodes.find(({ id }) => id === attempt.parent);
  const isCut = parent?.kind === "continuation" && attempt.after < parent.text.trimEnd().length;
  return [
    counts.length === 0 ? "Nothing drawn" : counts.join(", "),
    ...(isCut ? [`after “${ending(parent.text.slice(0, attempt.after))}”`] : []),
    ...(first === "" ? [] : [`from “${visibleText(first.trim())}”`]),
  ].join(", ");
}

function isOf(node: ContinuationTreeNode, role: ContinuationNode["role"]): boolean {
  return node.kind === "continuation" && node.role === role;
}

function continuationText(node: ContinuationNode): string {
  return `${ROLE_TITLES[node.role]} ${node.sample + 1}: ${shortened(visibleText(node.text.trim()), BEGINNING)}`;
}

/** The last words of a text, with an ellipsis where it begins earlier. */
function ending(text: string): string {
  const characters = [...visibleText(text.trim())];
  if (characters.length <= ENDING) return characters.join("");
  const cut = characters.slice(-ENDING).join("");
  const blank = cut.search(/\s/u);
  return `…${blank < 0 || blank > ENDING / 2 ? cut : cut.slice(blank + 1)}`;
}
