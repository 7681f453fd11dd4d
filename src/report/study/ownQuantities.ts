import { SAMPLERS } from "../../formats/study/studyResult";
import { ownPerplexity } from "./ownPerplexity";
import { readKey } from "./ownKeys";
import { type QuantitySource, scopesOf } from "./quantity";

/** How well models predict what they, and each other, wrote; `stage` is who reads. */
export const OWN_QUANTITIES: QuantitySource = {
  measure: "own",
  units: { "own-perplexity": "" },
  labels: { text: SAMPLERS, writer: null },
  isPooled: true,
  of: (cells) =>
    scopesOf(cells).flatMap((scope) => {
      const stages = scope.cells[0]!.models.map(({ stage }) => stage);
      return SAMPLERS.flatMap((sampler) =>
        stages.flatMap((writer) =>
          stages.map((reader) => ({
            name: "own-perplexity",
            labels: { ...scope.labels(reader), text: sampler, writer },
            interval: () => ownPerplexity(scope.cells, readKey(writer, sampler, reader)),
          })),
        ),
      );
    }),
};
