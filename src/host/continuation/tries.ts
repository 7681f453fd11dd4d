/** Tries: from where, and how, the continuations of one are drawn. */
import { childrenOf, missingNumbers, pathText, tryOf } from "../../analysis/continuations/tree";
import type { FirstToken } from "../../protocol/continuation";
import type {
  ContinuationNode,
  ContinuationsView,
  ContinuationTreeNode,
  DrawingChoice,
  TryNode,
} from "../../protocol/continuationPanel";
import { type Role, ROLES } from "../../protocol/roles";

/** From where continuations are drawn. */
export type TryStart = Pick<TryNode, "parent" | "after" | "first" | "token">;

/** How they are drawn. */
export interface Terms {
  /** Name of the pair. */
  readonly pair: string;
  readonly seed: number;
  readonly choice: DrawingChoice;
}

export function startAt(parent: number, after: number, first: FirstToken | null): TryStart {
  const token = first && { role: first.role, id: first.id };
  return { parent, after, first: first?.text ?? "", token };
}

/** A try of which nothing has been drawn. */
export function newTry(
  id: number,
  { parent, after, first, token }: TryStart,
  { pair, seed, choice }: Terms,
): TryNode {
  const { samples: wanted, ...drawing } = choice;
  const start = { parent, after, first, token };
  return { kind: "try", id, ...start, pair, seed, drawing, wanted, cut: {} };
}

/** The try that begins there and is drawn in this way. */
export function sameTry(
  nodes: readonly ContinuationTreeNode[],
  start: TryStart,
  terms: Terms,
): TryNode | undefined {
  const key = keyOf(newTry(0, start, terms));
  return nodes.find((node): node is TryNode => node.kind === "try" && keyOf(node) === key);
}

/** Samples that a try lacks; where it lacks none, so many more are wanted. */
export function toDraw(
  nodes: readonly ContinuationTreeNode[],
  attempt: TryNode,
  roles: readonly Role[],
  more: number,
): { readonly wanted: number; readonly samples: Readonly<Record<Role, readonly number[]>> } {
  const lacks = (wanted: number) =>
    Object.fromEntries(
      ROLES.map((role) => {
        const have = samplesOf(nodes, attempt, role);
        return [role, roles.includes(role) ? missingNumbers(wanted, have) : []];
      }),
    ) as Record<Role, readonly number[]>;
  const samples = lacks(attempt.wanted);
  if (roles.some((role) => samples[role].length > 0)) return { wanted: attempt.wanted, samples };
  const wanted = attempt.wanted + more;
  return { wanted, samples: lacks(wanted) };
}

/** What drawing would do for the selected node. */
export function nextStep(
  nodes: readonly ContinuationTreeNode[],
  selected: number | null,
  terms: Terms,
  roles: readonly Role[],
): ContinuationsView["next"] {
  const shown = tryOf(nodes, selected);
  if (shown === null || sameTry(nodes, shown, terms) !== shown) return "begin";
  if (roles.every((role) => samplesOf(nodes, shown, role).length === 0)) return "begin";
  return toDraw(nodes, shown, roles, 1).wanted > shown.wanted ? "add" : "finish";
}

/** The text between the place and the try, without what was given. */
export function textBefore(nodes: readonly ContinuationTreeNode[], attempt: TryNode): string {
  return pathText(nodes, attempt.parent, attempt.after);
}

function samplesOf(
  nodes: readonly ContinuationTreeNode[],
  { id }: TryNode,
  role: Role,
): readonly number[] {
  return childrenOf(nodes, id)
    .filter((node): node is ContinuationNode => node.kind === "continuation" && node.role === role)
    .map(({ sample }) => sample);
}

/** Equal for tries that draw the same. */
function keyOf({ parent, after, first, token, pair, seed, drawing }: TryNode): string {
  const { maxTokens, temperature, topPBase, topPRlhf } = drawing;
  const numbers = [seed, maxTokens, temperature, topPBase, topPRlhf];
  return JSON.stringify([parent, after, first, token?.role, token?.id, pair, ...numbers]);
}
