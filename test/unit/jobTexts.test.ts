import { expect, it } from "vitest";
import { jobsText, jobText } from "../../src/host/status/jobTexts";
import type { DocumentJob, Job, LoadingJob, RunJobView } from "../../src/protocol/jobs";

const story: DocumentJob = {
  kind: "document",
  uri: "file:///story.md",
  title: "story.md",
  waitsFor: null,
  secondsLeft: 75,
  progress: { uri: "", phase: "scoring", role: "base", fraction: 0.256, secondsLeft: 75 },
};
const loading: LoadingJob = {
  ...story,
  kind: "loading",
  secondsLeft: null,
  progress: { uri: "", phase: "loading", role: "base", fraction: 0.5, secondsLeft: null },
};
const run: RunJobView = {
  kind: "run",
  id: "1",
  title: "A fox",
  file: null,
  waitsFor: null,
  secondsLeft: 660,
  samples: 100,
  progress: { kind: "sampling", role: "rlhf", done: 12, tokensPerSecond: 80, secondsLeft: 60 },
};

it.each<[string, Job]>([
  ["Scoring 25 % · about 1 min left", story],
  ["Starting", { ...story, progress: null, secondsLeft: null }],
  ["Waits for long.md · then about 1 min", { ...story, progress: null, waitsFor: "long.md" }],
  ["Waits for long.md", { ...story, waitsFor: "long.md", secondsLeft: null }],
  ["Loading the base model", loading],
  ["Drawing RLHF samples, 12 of 100 · about 11 min left", run],
  [
    "Scoring base samples, 50 % · a few seconds left",
    { ...run, secondsLeft: 3, progress: { kind: "scoring", role: "base", fraction: 0.5 } },
  ],
  [
    "Aligning base samples with MAFFT",
    {
      ...run,
      secondsLeft: null,
      progress: { kind: "aligning", role: "base", aligner: "mafft", fraction: null },
    },
  ],
  [
    "Step 40 of 200, loss 3.210 · about 11 min left",
    {
      ...{ kind: "adaptation", title: "Adapting smol.gguf", waitsFor: null },
      ...{ what: "Step 40 of 200, loss 3.210", fraction: 0.2, secondsLeft: 660 },
    },
  ],
  [
    "Fetching 43 % of 4.5 GB · about 11 min left",
    {
      ...{ kind: "transfer", source: "hf:a/b/c.gguf", title: "c", waitsFor: null },
      ...{ bytes: 1.95e9, total: 4.5e9, secondsLeft: 660 },
    },
  ],
])("a job reads %j", (text, job) => {
  expect(jobText(job)).toBe(text);
});

it("all of them take as long as the documents together, or the longest run", () => {
  expect(jobsText([story])).toBe("1 job, about 1 min");
  expect(jobsText([story, { ...story, secondsLeft: 600 }, run])).toBe("3 jobs, about 11 min");
  expect(jobsText([story, { ...run, secondsLeft: null }])).toBe("2 jobs");
  expect(jobsText([story, loading])).toBe("2 jobs");
});
