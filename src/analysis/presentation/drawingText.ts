/** What models do that go on with a text; fractions are 0 .. 1. */
export type DrawingStep =
  | {
      readonly phase: "loading";
      readonly role: "base" | "rlhf";
      readonly fraction: number;
    }
  | { readonly phase: "drawing"; readonly fraction: number };

/** `Drawing, 40 %` */
export function drawingText(step: DrawingStep | null): string {
  if (step === null) return "Starting";
  const done = `${Math.floor(step.fraction * 100)} %`;
  if (step.phase === "drawing") return `Drawing, ${done}`;
  return `Loading the ${step.role === "base" ? "base" : "RLHF"} model, ${done}`;
}
