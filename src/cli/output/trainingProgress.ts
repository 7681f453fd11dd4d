import { durationWords } from "../../analysis/presentation/duration";
import { formatBytes, formatNumber } from "../../analysis/presentation/format";
import { predictedIn, type TrainingEvent } from "../../engine/training";
import { TrainingPace } from "../../jobs/adaptation/pace";
import type { AdaptationPlan } from "../../jobs/adaptation/planAdaptation";
import type { Progress } from "./progress";

/** Shows a training as its events come: memory first, then step, loss, pace and time left. */
export function trainingProgress(
  { steps, interval }: Pick<AdaptationPlan, "steps" | "interval">,
  progress: Progress,
): (event: TrainingEvent) => void {
  const tokens = steps.map((windows) => predictedIn(windows.flatMap(({ pieces }) => pieces)));
  const pace = new TrainingPace(tokens, interval);
  return (event) => {
    if (event.kind === "memory") {
      progress.show(`Training takes ${formatBytes(event.bytes)}; measuring before it`, 0);
    }
    if (event.kind !== "step") return;
    const { step, loss, isPast } = event;
    if (!isPast) pace.stepped(step, performance.now());
    progress.show(
      [`Step ${step} of ${steps.length}`, `loss ${formatNumber(loss, 3)}`, ...paceWords(pace)].join(
        ", ",
      ),
      step / steps.length,
    );
  };
}

function paceWords({ tokensPerSecond, secondsLeft }: TrainingPace): string[] {
  if (tokensPerSecond === null || secondsLeft === null) return [];
  return [`${formatNumber(tokensPerSecond, 0)} tokens/s`, `${durationWords(secondsLeft)} left`];
}
