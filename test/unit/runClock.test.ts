import { expect, it } from "vitest";
import type { RunProgress } from "../../src/protocol/anchorViews";
import { newRun } from "../../src/jobs/runs/newRun";
import { RunClock, type RunStep } from "../../src/server/runs/runClock";
import { stepsOf } from "../../src/server/runs/runSteps";

const STEPS: readonly RunStep[] = [
  { kind: "sampling", role: "base", samples: 10 },
  { kind: "sampling", role: "rlhf", samples: 10 },
  { kind: "aligning", role: "base", samples: 10 },
  { kind: "scoring", role: "base", samples: 10 },
];

/** A clock that a test turns: each pair of seconds and progress is followed in order. */
function clockOf(steps = STEPS, mostTokens = 20) {
  let now = 0;
  const clock = new RunClock(steps, mostTokens, () => now);
  return (seconds: number, progress: RunProgress) => {
    now = seconds * 1000;
    clock.follow(progress);
    return clock.secondsLeft;
  };
}

const drawing = (role: "base" | "rlhf", done: number, tokensPerSecond: number | null = null) =>
  ({ kind: "sampling", role, done, tokensPerSecond, secondsLeft: null }) as const;

it("knows nothing before anything is drawn", () => {
  expect(clockOf()(0, drawing("base", 0))).toBeNull();
});

it("counts all steps: those to come by the pace of those before", () => {
  const follow = clockOf(STEPS.slice(0, 2));
  follow(0, drawing("base", 0));
  // 4 of 10 in 8 s: 12 s for the others, and 20 s for the other model's.
  expect(follow(8, drawing("base", 4))).toBeCloseTo(32);
  follow(20, drawing("rlhf", 0));
  expect(follow(25, drawing("rlhf", 5))).toBeCloseTo(5);
});

it("goes by tokens while samples that are drawn together have not ended", () => {
  const follow = clockOf(STEPS.slice(0, 2));
  follow(0, drawing("base", 0));
  // 10 samples of 20 tokens at most, 10 tokens a second.
  expect(follow(5, drawing("base", 0, 10))).toBeCloseTo(15 + 20);
});

it("takes alignment and scoring for a share of drawing until they are measured", () => {
  const follow = clockOf();
  follow(0, drawing("base", 0));
  const all = follow(10, drawing("base", 5))!;
  expect(all).toBeGreaterThan(30);
  expect(all).toBeLessThan(30 + 2 * 20);
  follow(20, drawing("rlhf", 10));
  follow(30, { kind: "scoring", role: "base", fraction: 0 });
  expect(follow(33, { kind: "scoring", role: "base", fraction: 0.75 })).toBeCloseTo(1);
});

it("expects of longer samples that scoring takes longer as well", () => {
  const scoring = { kind: "scoring", samples: 10 } as const;
  const follow = clockOf([
    ...STEPS.slice(0, 2),
    { ...scoring, role: "base" },
    { ...scoring, role: "rlhf" },
  ]);
  follow(0, drawing("base", 0));
  follow(10, drawing("base", 10));
  follow(10, drawing("rlhf", 0));
  follow(40, drawing("rlhf", 10));
  follow(40, { kind: "scoring", role: "base", fraction: 0 });
  expect(follow(42, { kind: "scoring", role: "base", fraction: 1 })).toBeCloseTo(6);
});

it("goes on with a run that was begun before", () => {
  const follow = clockOf([{ kind: "sampling", role: "base", samples: 4 }]);
  follow(0, drawing("base", 6));
  expect(follow(2, drawing("base", 7))).toBeCloseTo(6);
});

it("takes the same samples under the other model for another step", () => {
  const step = { kind: "scoring", role: "rlhf", samples: 10 } as const;
  const follow = clockOf([step, step]);
  const scoring = (fraction: number) => ({ kind: "scoring", role: "rlhf", fraction }) as const;
  follow(0, scoring(0.1));
  expect(follow(9, scoring(1))).toBeCloseTo(10);
  follow(9, scoring(0.1));
  expect(follow(13, scoring(0.5))).toBeCloseTo(5);
});

it("has every step that a run needs", () => {
  const run = newRun("A fox", { samples: 5, seed: 1, maxTokens: 9 });
  const described = stepsOf(run, ["base", "rlhf"], ["sampling", "aligning", "scoring"]).map(
    ({ kind, role, samples }) => `${kind} ${role} ${samples}`,
  );
  expect(described).toEqual([
    "sampling base 5",
    "sampling rlhf 5",
    "aligning base 5",
    "aligning rlhf 5",
    // Under one model, then under the other.
    "scoring base 5",
    "scoring rlhf 5",
    "scoring base 5",
    "scoring rlhf 5",
  ]);
  expect(stepsOf(run, ["base"], ["sampling", "aligning", "scoring"])).toHaveLength(3);
  expect(stepsOf(run, ["base", "rlhf"], ["aligning"])).toEqual([]);
});
