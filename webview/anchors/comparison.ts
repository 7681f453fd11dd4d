/** Both models side by side: figures compare them only at equal numbers of samples. */
import type { Aligner } from "../../src/protocol/anchorViews";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { atEqualNumber } from "../../src/report/equalNumber";
import { type RoleState, shownBy, withFound } from "./state";

export interface Comparison {
  /** Overlap and n-grams are those of {@link samples} samples of each model; everything else is of all samples. */
  readonly roles: readonly RoleState[];
  /** Compared of each model. */
  readonly samples: number;
  /** Ends the captions of what is compared, where the models' numbers differ; else empty. */
  readonly note: string;
  /** Ends the captions of what is of all samples, where the models' numbers differ; else empty. */
  readonly noteOfAll: string;
}

/** @param aligner whose findings are on show */
export function compareRoles(roles: readonly RoleState[], aligner: Aligner): Comparison {
  const aligned = roles.flatMap(({ role, samples, found }) =>
    (Object.keys(found) as Aligner[]).flatMap((by) => {
      const alignment = found[by]?.alignment;
      // While samples are drawn, there is no alignment yet, or one of fewer samples.
      if (!alignment || alignment.rows.length !== samples.length) return [];
      return [{ role, by, alignment, texts: samples.map(({ text }) => text) }];
    }),
  );
  const { samples, alignments } = atEqualNumber(aligned);
  const counts = roles.flatMap(({ role, samples }) =>
    aligned.some((set) => set.role === role) && samples.length > 0
      ? [{ name: ROLE_TITLES[role], count: samples.length }]
      : [],
  );
  const differ = counts.some(({ count }) => count !== samples);
  const compared = roles.map((state) => {
    const equal = aligned.reduce(
      (to, { role, by }, i) =>
        role === state.role ? withFound(to, by, { alignment: alignments[i]! }) : to,
      state,
    );
    // It is of all samples, and would be another one of fewer.
    const chance = differ ? null : state.chance;
    return shownBy({ ...equal, chance }, aligner);
  });
  const list = counts.map(({ name, count }) => `${count} ${name}`);
  return {
    roles: compared,
    samples,
    note: differ
      ? ` Compared at equal numbers: ${samples} samples of each, chosen with a fixed seed from ${list.join(" and ")} samples.`
      : "",
    noteOfAll: differ ? ` Of all samples: ${list.join(", ")}.` : "",
  };
}
