/** What a probe reads in a model's states, in one sentence of plain words. */
import { formatPercent } from "../../analysis/presentation/format";
import { escapeMarkdown } from "../../protocol/markdown";
import type { ProbeFinding, TrainedProbe } from "../../protocol/probes";
import type { Role } from "../../protocol/roles";

/** Within a sentence. */
const MODELS: Readonly<Record<Role, string>> = { base: "the base model", rlhf: "RLHF" };

/**
 * Markdown: "Layer 5 of RLHF already expects **x** in 2 tokens, **y** in 3 (right in 14 % and 9 % of held-out places; best control
 * 11 % and 8 %)."
 * @param labels of the predicted tokens, one for each finding
 */
export function aheadLine(
  role: Role,
  { layer, found }: Pick<TrainedProbe, "layer" | "found">,
  labels: readonly string[],
): string {
  const expected = found.map(({ ahead }, i) => {
    const unit = i === 0 ? " tokens" : "";
    return `**${escapeMarkdown(labels[i] ?? "")}** in ${ahead + 1}${unit}`;
  });
  const shares = (of: (finding: ProbeFinding) => number) =>
    listed(found.map((finding) => formatPercent(of(finding), 0)));
  const right = `right in ${shares(({ share }) => share)} of held-out places`;
  const control = `best control ${shares((finding) => finding.control)}`;
  return `Layer ${layer} of ${MODELS[role]} already expects ${expected.join(", ")} (${right}; ${control}).`;
}

/** Where the probe's file is damaged. */
export function unreadableLine(role: Role): string {
  return `The probe of ${MODELS[role]} can't be read any more: run *Train Probe* again.`;
}

/** `a, b and c` */
function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
