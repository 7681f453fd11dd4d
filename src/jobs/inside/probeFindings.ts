import type { ProbeFinding } from "../../protocol/probes";
import {
  aheadsOf,
  beyondOf,
  claimOf,
  controlShareOf,
  shareOf,
} from "../../report/study/probes/probeClaims";
import type { ProbesFound } from "./measureProbes";

/** How often the ridge is right, beside the control that does best in the part that chooses; by distance, rising. */
export function probeFindings(found: ProbesFound): ProbeFinding[] {
  const { text } = found;
  const { layer } = text;
  return aheadsOf(found).map((ahead) => {
    const claim = claimOf(found, text, { method: "ridge", ahead, layer }, "text")!;
    const { low, high } = beyondOf(claim)!;
    return {
      ahead,
      share: shareOf(claim),
      control: controlShareOf(claim)!,
      controlName: claim.control!.method,
      excess: low === null || high === null ? null : { low, high },
    };
  });
}
