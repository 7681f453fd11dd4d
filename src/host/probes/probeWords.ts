/** What is said of probes that are trained and kept. */
import { formatNumber, formatPercent } from "../../analysis/presentation/format";
import type { ProbeFinding, TrainedProbe } from "../../protocol/probes";

/** What a training has found, in plain words; what may be chance is not called more. */
export function foundText(probe: TrainedProbe): string {
  const { model, layer, layers, found } = probe;
  const of = (wanted: Verdict) => found.filter((finding) => verdictOn(finding) === wanted);
  const [better, same, unknown] = [of("better"), of("same"), of("unknown")];
  const sentences = [
    `The probe of ${model} is trained: it reads layer ${layer} of ${layers}.`,
    better.length > 0 ? `It knows more than the best control does ${placesOf(better)}.` : "",
    same.length > 0 ? `It is no better than without states ${placesOf(same)}.` : "",
    unknown.length > 0
      ? `Too little text was held out to say whether it is better than without states: ${placesOf(unknown)}.`
      : "",
    "Hovers over highlighted text show what it expects.",
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

type Verdict = "better" | "same" | "unknown";

function verdictOn({ excess }: ProbeFinding): Verdict {
  if (excess === null) return "unknown";
  return excess.low > 0 ? "better" : "same";
}

/** `2 tokens ahead (14 % right, best control 11 %) and 3 (9 %, 8 %)` */
function placesOf(found: readonly ProbeFinding[]): string {
  const places = found.map(({ ahead, share, control }, i) => {
    const [right, best] = [formatPercent(share, 0), formatPercent(control, 0)];
    return i === 0
      ? `${ahead + 1} tokens ahead (${right} right, best control ${best})`
      : `${ahead + 1} (${right}, ${best})`;
  });
  return places.length < 2
    ? places.join("")
    : `${places.slice(0, -1).join(", ")} and ${places.at(-1)}`;
}

/** A kept probe in a list. */
export function probeItem(probe: TrainedProbe): {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
} {
  const { model, layer, layers, fitted, trainedOn, ownText, trainedAt } = probe;
  const texts = trainedOn.join(", ");
  return {
    label: model,
    description: `layer ${layer} of ${layers}, ${trainedAt.slice(0, 10)}`,
    detail: `${formatNumber(fitted, 0)} tokens of ${ownText ? `what it wrote after ${texts}` : texts}`,
  };
}
