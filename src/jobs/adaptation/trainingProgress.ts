import { formatBytes, formatNumber } from "../../analysis/presentation/format";
import { predictedIn, type TrainingEvent } from "../../engine/training";
import type { AdaptationProgress } from "../../protocol/adaptation";
import { TrainingPace } from "./pace";
import type { AdaptationPlan } from "./planAdaptation";

/** Shows a training as its events come: memory first, then step, loss, pace and time left. */
export function trainingProgress(
  { steps, interval }: Pick<AdaptationPlan, "steps" | "interval">,
  show: (progress: AdaptationProgress) => void,
): (event: TrainingEvent) => void {
  const tokens = steps.map((windows) => predictedIn(windows.flatMap(({ pieces }) => pieces)));
  const pace = new TrainingPace(tokens, interval);
  return (event) => {
    if (event.kind === "memory") {
      const what = `Training takes ${formatBytes(event.bytes)}; measuring before it`;
      show({ what, fraction: 0, secondsLeft: null });
    }
    if (event.kind !== "step") return;
    const { step, loss, isPast } = event;
    if (!isPast) pace.stepped(step, performance.now());
    const { tokensPerSecond, secondsLeft } = pace;
    const words = [
      `Step ${step} of ${steps.length}`,
      `loss ${formatNumber(loss, 3)}`,
      ...(tokensPerSecond === null ? [] : [`${formatNumber(tokensPerSecond, 0)} tokens/s`]),
    ];
    show({ what: words.join(", "), fraction: step / steps.length, secondsLeft });
  };
}
