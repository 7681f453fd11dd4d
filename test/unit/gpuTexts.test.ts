import { describe, expect, it } from "vitest";
import { parseGpuArguments } from "../../src/cli/arguments/gpuArguments";
import { dataFolder } from "../../src/cli/arguments/dataFolder";
import { toGpuTable } from "../../src/cli/output/gpu";
import {
  addedText,
  buildText,
  choiceText,
  progressText,
  questionText,
} from "../../src/host/commands/gpuText";
import type { GpuBuildFacts, GpuBuilds } from "../../src/protocol/gpuBuilds";

const cuda: GpuBuildFacts = {
  kind: "cuda",
  state: "absent",
  bytes: 142_898_030,
  unpackedBytes: 189_352_027,
  needs: "NVIDIA's driver and the libraries of CUDA 13 (cudart, cublas)",
  lacks: "No NVIDIA driver was found.",
};
const vulkan: GpuBuildFacts = {
  kind: "vulkan",
  state: "added",
  bytes: 0,
  unpackedBytes: 73_750_139,
  needs: "a GPU's driver for Vulkan and its loader",
  lacks: null,
};
const found: GpuBuilds = {
  device: "CPU",
  builds: [vulkan, cuda],
  absence: null,
  licence: "MIT",
  registry: "registry.example",
  folder: "/data/gpu",
};

describe("the editor", () => {
  it("offers builds with size, licence and need", () => {
    expect(buildText(cuda, "MIT")).toEqual({
      label: "CUDA",
      description: "142.9 MB to fetch, 189.4 MB on disk · MIT",
      detail:
        "No NVIDIA driver was found. Needs NVIDIA's driver and the libraries of CUDA 13 (cudart, cublas)",
    });
    expect(buildText(vulkan, "MIT")).toEqual({
      label: "Vulkan",
      description: "added · 73.8 MB on disk",
      detail: "Needs a GPU's driver for Vulkan and its loader: found",
    });
  });

  it("says what computes, and where no build is of use", () => {
    expect(choiceText(found)).toBe("In use: the processor");
    expect(choiceText({ ...found, device: "Radeon", builds: [cuda] })).toBe(
      "In use: Radeon. No GPU driver was found here that a build could use",
    );
  });

  it("asks before it fetches, and says why that may be in vain", () => {
    expect(questionText({ ...cuda, lacks: null }, found)).toBe(
      "Fetch llama.cpp's CUDA build (142.9 MB, licence MIT) from registry.example? It is checked, and used from then on.",
    );
    const vain = questionText(cuda, found);
    expect(vain).toMatch(/^No NVIDIA driver was found\. As things are, the processor/u);
    expect(vain).toMatch(/from registry\.example nevertheless\?$/u);
  });

  it("says what computes after one was added", () => {
    const now = { ...found, device: "NVIDIA H200" };
    expect(addedText(cuda, now, false)).toMatch(/^NVIDIA H200 computes from now on\./);
    expect(addedText(cuda, now, true)).toContain('twinlens.gpu is "off"');
    expect(addedText(cuda, found, false)).toContain("No NVIDIA driver was found.");
    expect(addedText(vulkan, found, false)).toContain("too old for this build");
  });

  it("says how far a download is", () => {
    const at = { bytes: 12e6, total: 24e6, secondsLeft: 12, message: null };
    expect(progressText({ ...at, step: "fetching" })).toBe("12.0 MB of 24.0 MB, about 20 s left");
    expect(progressText({ ...at, step: "fetching", secondsLeft: null })).toBe("12.0 MB of 24.0 MB");
    expect(progressText({ ...at, step: "waiting", message: "The server is busy" })).toBe(
      "The server is busy",
    );
  });
});

describe("twinlens gpu", () => {
  it("takes what to do, and a build", () => {
    expect(parseGpuArguments([])).toEqual({ work: "status" });
    expect(parseGpuArguments(["add"])).toEqual({ work: "add", kind: null, force: false });
    const forced = ["add", "cuda", "--force"];
    expect(parseGpuArguments(forced)).toEqual({ work: "add", kind: "cuda", force: true });
    expect(parseGpuArguments(["remove"])).toEqual({ work: "remove" });
  });

  it.each([
    [["install"], "status, add, remove"],
    [["add", "metal"], "cuda, vulkan"],
    [["add", "cuda", "vulkan"], "more than"],
    [["remove", "cuda"], "more than"],
    [["remove", "--force"], "--force"],
    [["add", "--yes"], "--yes"],
  ])("refuses %j", (args, message) => {
    expect(() => parseGpuArguments(args)).toThrow(message);
  });

  it("writes a line for each build", () => {
    expect(toGpuTable(found)).toBe(
      [
        "Device: CPU",
        "Folder: /data/gpu",
        "Vulkan  added              73.8 MB on disk   MIT  everything that it needs was found",
        "CUDA    142.9 MB to fetch  189.4 MB on disk  MIT  No NVIDIA driver was found.",
        "",
      ].join("\n"),
    );
    const none = { ...found, builds: [], absence: "There is none." };
    expect(toGpuTable(none)).toBe("Device: CPU\nFolder: /data/gpu\nThere is none.\n");
  });

  it("keeps builds in the user's folder for data", () => {
    const home = "/home/u";
    expect(dataFolder({ environment: {}, home })).toBe("/home/u/.local/share/twinlens");
    expect(dataFolder({ environment: { XDG_DATA_HOME: "/x" }, home })).toBe("/x/twinlens");
    expect(dataFolder({ environment: { TWINLENS_DATA: "/y" }, home })).toBe("/y");
  });
});
