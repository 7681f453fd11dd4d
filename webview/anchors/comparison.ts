/** Both models side by side: figures compare them at equal number of samples only. */
import type { Aligner } from "../../src/protocol/anchorViews";
import { ROLE_TITLES } from "../../src/protocol/roles";
import { atEqualNumber } from "../../src/report/equalNumber";
import { type RoleState, shownBy, withFound } from "./state";

export interface Comparison {
  /** Overlap and n-grams are those of {@link samples} of each model's samples; all else is of all. */
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
      // Samples that grow have no alignment yet, or that of the fewer ones before.
      if (!alignment || alignment.rows.length !== samples.length) return [];
      return [{ role, by, alignment, texts: samples.map(({ text }) => text) }];
    }),
  );
  const { samples, alignments } = atEqualNumber(aligned);
  const compared = roles.map((state) => {
    const equal = aligned.reduce(
      (to, { role, by }, i) =>
        role === state.role ? withFound(to, by, { alignment: alignments[i]! }) : to,
      state,
    );
    return shownBy(equal, aligner);
  });
  const counts = roles.flatMap(({ role, samples }) =>
    aligned.some((set) => set.role === role) && samples.length > 0
      ? [{ name: ROLE_TITLES[role], count: samples.length }]
      : [],
  );
  const differ = counts.some(({ count }) => count !== samples);
  const list = (word: string) => counts.map(({ name, count }) => `${word}${count} ${name}`);
  return {
    roles: compared,
    samples,
    note: differ
      ? ` At equal number: ${samples} samples, drawn with a fixed seed, of ${list("the ").join(" and ")} ones.`
      : "",
    noteOfAll: differ ? ` Of all samples: ${list("").join(", ")}.` : "",
  };
}
