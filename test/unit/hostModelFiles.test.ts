import { describe, expect, it, vi } from "vitest";
import { proposalText } from "../../src/host/models/confirm";
import { fileEssentials } from "../../src/host/models/fileTexts";
import { tokenProblem } from "../../src/host/models/hubToken";
import { cautionsOf, modelEssentials, pairEssentials } from "../../src/host/models/offerTexts";
import { hostOf, modelPage, sourceProblem } from "../../src/host/models/sources";
import { transferText, transfersText } from "../../src/host/models/transferTexts";
import { type Wish, Wishes } from "../../src/host/models/wishes";
import { fileRows } from "../../src/host/views/fileRows";
import type { ModelFileFacts, OfferedModel, Transfer } from "../../src/protocol/modelFiles";

vi.mock("vscode", () => ({ EventEmitter: class {} }));

const transfer: Transfer = {
  source: "hf:harbour/ferry-GGUF/ferry.gguf",
  name: "ferry",
  state: "fetching",
  bytes: 1.935e9,
  total: 4.5e9,
  bytesPerSecond: 4e6,
  secondsLeft: 641,
  message: null,
};

describe("a transfer", () => {
  it.each<[string, Partial<Transfer>]>([
    ["Fetching 43 % of 4.5 GB · about 11 min left", {}],
    ["Fetching, 1.9 GB so far", { total: null, secondsLeft: null }],
    ["Checking what has come", { state: "verifying", secondsLeft: null }],
    ["The hub is busy.", { state: "waiting", message: "The hub is busy." }],
    ["Paused at 43 % of 4.5 GB", { state: "paused" }],
    ["Paused, 1.9 GB so far", { state: "paused", total: null }],
    ["Failed", { state: "failed", bytes: 0 }],
  ])("reads %j", (text, differs) => {
    expect(transferText({ ...transfer, ...differs })).toBe(text);
  });

  it("is counted with others, and takes as long as the last of them", () => {
    expect(transfersText([transfer])).toMatch(/^Getting ferry\. Fetching 43 %/);
    const other = { ...transfer, bytes: 0, secondsLeft: 3600 };
    expect(transfersText([transfer, other])).toBe(
      "Getting 2 models. Fetching 21 % of 9.0 GB · about 1 h left",
    );
    expect(transfersText([transfer, { ...other, total: null, secondsLeft: null }])).toBe(
      "Getting 2 models. Fetching, 1.9 GB so far",
    );
  });

  it("has a row whose menu pauses or resumes it", () => {
    const paused = { ...transfer, state: "paused", name: "$(x) evil" } as const;
    const [active, halted] = fileRows({ models: [], transfers: [transfer, paused] }, 0);
    expect(active).toMatchObject({ context: "transfer.active", source: transfer.source });
    expect(halted).toMatchObject({ context: "transfer.halted" });
    expect(halted!.label).not.toContain("$(x)");
  });
});

const model: OfferedModel = {
  name: "ferry",
  source: transfer.source,
  family: "Ferry",
  size: "7B",
  quantisation: "Q4_K_M",
  stage: "base",
  bytes: 4.5e9,
  licence: "Apache-2.0",
  licenceUrl: null,
  isGated: false,
  caution: null,
  path: null,
};

describe("an offer", () => {
  it("says whether it fits, what is to be fetched, and under which licences", () => {
    const rlhf: OfferedModel = { ...model, stage: "dpo", licence: "Llama 2" };
    const pair = { name: "ferry-7b", base: model, rlhf, fit: "inTurns" } as const;
    expect(pairEssentials(pair)).toBe("fits one after the other · 9.0 GB · Apache-2.0 and Llama 2");
    const half = { ...pair, base: { ...model, path: "/models/ferry.gguf" } };
    expect(pairEssentials(half)).toContain("4.5 GB, the rest is here already");
    expect(modelEssentials(half.base)).toContain("on this machine already");
  });

  it("names every caution once, and that a token is wanted", () => {
    const unsure = { ...model, caution: "Its name was not seen.", isGated: true };
    expect(cautionsOf([unsure, unsure])).toEqual([
      "Its name was not seen",
      "its hub wants a token of somebody who has accepted its terms",
    ]);
  });

  it("is confirmed knowing licence, size, host and folder", () => {
    const text = proposalText({
      name: "ferry",
      files: 2,
      bytes: 9e9,
      freeBytes: 20e9,
      folder: "/models",
      hosts: ["huggingface.co"],
      licence: null,
      licenceUrl: null,
      notes: ["Memory: $(x)"],
    });
    expect(text.split("\n")).toEqual([
      "Licence: not known: see the model's page",
      "Size: 9.0 GB in 2 files, 20.0 GB are free",
      "From: huggingface.co",
      "To: /models",
      "",
      "Memory: $\u200b(x)",
    ]);
  });
});

it("a model of this machine says who has it, or when it was used and whether it was verified", () => {
  const day = 24 * 60 * 60 * 1000;
  const file: ModelFileFacts = {
    path: "/models/ferry.gguf",
    bytes: 4.5e9,
    owner: "Twinlens",
    name: "ferry",
    source: null,
    lastUsed: 10 * day,
    verifiedBy: "hub",
  };
  expect(fileEssentials(file, 10.5 * day)).toBe("4.5 GB · used today · verified");
  expect(fileEssentials({ ...file, verifiedBy: null }, 11.5 * day)).toContain(
    "used yesterday · not verified",
  );
  expect(fileEssentials({ ...file, lastUsed: null }, 0)).toContain("not used yet");
  expect(fileEssentials({ ...file, owner: "Ollama" }, 0)).toBe("4.5 GB · Ollama");
  const [here] = fileRows({ models: [file, { ...file, owner: "Ollama" }], transfers: [] }, 0);
  const contexts = here!.children!.map(({ context }) => context);
  expect(contexts).toEqual(["modelFile.own", "modelFile.other"]);
});

describe("an address", () => {
  it.each([
    ["hf:user/repository/file.gguf", null],
    ["https://host.example/a/b.gguf?download=true", null],
    ["", /Name a file/],
    ["https://host.example/page.html", /\.gguf/],
    ["ftp://host.example/file.gguf", /has to look like/],
    ["hf:file.gguf", /has to look like/],
  ])("%j is judged while it is typed", (text, problem) => {
    const found = sourceProblem(text);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });

  it("names its host, and the page where terms are accepted", () => {
    expect(hostOf(transfer.source, "mirror.example")).toBe("mirror.example");
    expect(hostOf("https://host.example:8080/a.gguf", "hub")).toBe("host.example:8080");
    expect(modelPage(transfer.source)).toBe("https://huggingface.co/harbour/ferry-GGUF");
    expect(modelPage("https://host.example/a.gguf")).toBeNull();
  });
});

it("what is no token is refused before it is kept", () => {
  expect(tokenProblem(" hf_abc ")).toBeNull();
  for (const text of ["", "two words", "x".repeat(151), "é"]) {
    expect(tokenProblem(text)).not.toBeNull();
  }
});

it("wishes outlive the window, each once, and whatever else is kept there is no wish", async () => {
  const kept = new Map<string, unknown>();
  const store = {
    keys: () => [...kept.keys()],
    get: (key: string) => kept.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  };
  const wish: Wish = { name: "ferry", sources: ["hf:a/b/c.gguf", "/d.gguf"], bytes: null };
  await new Wishes(store as never).keep(wish);
  const later = new Wishes(store as never);
  await later.keep({ ...wish });
  expect(later.list).toEqual([wish]);
  expect(later.of("/d.gguf")).toEqual(wish);
  await later.drop(wish);
  expect(later.list).toEqual([]);
  kept.set(kept.keys().next().value!, [{ name: 1 }]);
  expect(later.list).toEqual([]);
});
