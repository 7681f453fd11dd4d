/** What models do while they are asked for a hidden word. */
export interface QuestionStep {
  readonly phase: "loading" | "reading";
  readonly role: "base" | "rlhf";
  /** 0 .. 1; null: unknown */
  readonly fraction: number | null;
}

/** `Loading the RLHF model, 40 %` */
export function questionText(step: QuestionStep | null): string {
  if (step === null) return "Starting";
  const model = `${step.role === "base" ? "base" : "RLHF"} model`;
  if (step.phase === "reading") return `Asking the ${model}`;
  const done = step.fraction === null ? "" : `, ${Math.floor(step.fraction * 100)} %`;
  return `Loading the ${model}${done}`;
}
