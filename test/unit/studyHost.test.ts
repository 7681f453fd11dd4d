import { expect, it, vi } from "vitest";
import { parseStudy } from "../../src/formats/study/parseStudy";
import { CATEGORIES as ALL, MEASURES } from "../../src/formats/study/studySchema";
import { jobsText, jobText } from "../../src/host/status/jobTexts";
import { documentUri } from "../../src/host/studies/studyDocuments";
import {
  CATEGORIES,
  type NewStudy,
  studyText,
  suggestedCategory,
} from "../../src/host/studies/studyText";
import { documentTarget } from "../../src/protocol/documentTarget";
import type { StudyJobView } from "../../src/protocol/jobs";

vi.mock("vscode", () => ({ Uri: { from: (parts: object) => parts } }));

const chosen: NewStudy = {
  preset: "paper",
  pair: {
    name: 'the "big" pair: 70B',
    base: "C:\\models\\base.gguf",
    rlhf: "../rlhf #1.gguf",
    adapters: { rlhf: "prose: #1.gguf" },
  },
  corpora: [
    { name: "wiki", category: "pretraining", path: "texts/wiki.txt" },
    { name: "- yes: no", category: "new corpus", path: "." },
  ],
};

it("a new study's file says what was chosen, whatever characters are in it", () => {
  const { preset, pairs, corpora } = parseStudy(studyText(chosen));
  expect({ preset, pairs }).toEqual({ preset: chosen.preset, pairs: [chosen.pair] });
  expect(corpora.map(({ name, category, paths: path }) => ({ name, category, path }))).toEqual(
    chosen.corpora,
  );
});

it("what is commented out in it fits as well", () => {
  const text = studyText({ ...chosen, pair: null });
  expect(parseStudy(text).pairs).toBeUndefined();
  const settings = text.replace(
    /^(\s*)# (measures:|limits:|pairs:|passages:|prompts:| {2})/gmu,
    "$1$2",
  );
  expect(parseStudy(settings)).toMatchObject({
    pairs: [{ name: "My pair", stages: { sft: "models/sft.gguf" } }],
    passages: [{ name: "LAMBADA", paths: "lambada_test.jsonl" }],
    prompts: [{ name: "Vicuna", path: "vicuna.jsonl", kind: "category" }],
    measures: [...MEASURES],
    limits: { documents: 50, bytes: 100_000 },
  });
});

it("categories are those of studies, and a name suggests one", () => {
  expect(CATEGORIES).toEqual(ALL);
  const names = ["oasst_val", "alpaca-100", "wikitext", "news_2025", "hh.test", "poems"];
  expect(names.map(suggestedCategory)).toEqual([
    "chat",
    "instruction",
    "pretraining",
    "new corpus",
    "chat",
    "other",
  ]);
});

it("a document's name says corpus and record, and holds what finds it again", () => {
  const target = documentTarget("web/pages", "texts/a.jsonl#6");
  expect(documentUri("/work/s.twinlens-study.yaml", target)).toMatchObject({
    path: "/web∕pages · texts∕a.jsonl#6",
    query: JSON.stringify({ file: "/work/s.twinlens-study.yaml", target }),
  });
  expect(documentUri("/work/s.twinlens-study.yaml", "a bar")).toBeNull();
});

const job: StudyJobView = {
  kind: "study",
  file: "/work/s.twinlens-study.yaml",
  title: "s",
  waitsFor: null,
  secondsLeft: 660,
  fraction: 0.256,
  what: "Measuring news under twins",
};

it("a study's job says what is measured, and studies take turns", () => {
  expect(jobText(job)).toBe("Measuring news under twins, 26 % · about 11 min left");
  const starting = { ...job, fraction: null, secondsLeft: null, what: "Starting" };
  expect(jobText(starting)).toBe("Starting");
  expect(jobsText([job, { ...job, secondsLeft: 60 }])).toBe("2 jobs, about 12 min");
});
