import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelsElsewhere } from "../../src/jobs/models/elsewhere";
import {
  huggingFaceFolders,
  llamaCppFolder,
  lmStudioHomes,
  type Machine,
  ollamaFolders,
} from "../../src/jobs/models/elsewhereFolders";
import { keep } from "../../src/jobs/models/kept";
import { modelsOnMachine } from "../../src/jobs/models/modelsOnMachine";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "twinlens-elsewhere-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const GGUF = "GGUF, and tensors";

function write(path: string, content = GGUF): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const machine = (environment: Machine["environment"] = {}): Machine => ({
  environment,
  home,
  platform: "linux",
});

const found = async (environment: Machine["environment"] = {}) =>
  (await modelsElsewhere(machine(environment))).map(({ owner, name, source, path, bytes }) => ({
    owner,
    name,
    source,
    path,
    bytes,
  }));

describe("other programs' models", () => {
  it("are none on a machine without them", async () => {
    expect(await found()).toEqual([]);
  });

  it("of the Hugging Face cache are its snapshots, links or files", async () => {
    const hub = ".cache/huggingface/hub";
    const blob = write(`${hub}/models--twins--Twins--1B-GGUF/blobs/0a1b`);
    const snapshot = `${hub}/models--twins--Twins--1B-GGUF/snapshots/c0ffee`;
    mkdirSync(join(home, snapshot, "q8"), { recursive: true });
    const link = join(home, snapshot, "q8", "twin.gguf");
    symlinkSync(blob, link);
    symlinkSync(join(home, "gone"), join(home, snapshot, "dangling.gguf"));
    const file = write(`${snapshot}/plain.gguf`);
    write(`${snapshot}/mmproj-F16.gguf`);
    write(`${snapshot}/config.gguf`, "{}");
    write(`${hub}/datasets--twins--texts/snapshots/1/data.gguf`);
    expect(await found()).toEqual([
      {
        owner: "Hugging Face",
        name: "twins/Twins--1B-GGUF/plain.gguf",
        source: "hf:twins/Twins--1B-GGUF/plain.gguf#c0ffee",
        path: file,
        bytes: 17,
      },
      {
        owner: "Hugging Face",
        name: "twins/Twins--1B-GGUF/q8/twin.gguf",
        source: "hf:twins/Twins--1B-GGUF/q8/twin.gguf#c0ffee",
        path: link,
        bytes: 17,
      },
    ]);
  });

  it("of LM Studio lie where it says, or where it was told to", async () => {
    const own = write("studio/models/twins/Twins-GGUF/twin.gguf");
    const split = write("studio/models/twins/Big-GGUF/big-00001-of-00002.gguf");
    write("studio/models/twins/Big-GGUF/big-00002-of-00002.gguf");
    const chosen = write("disk/mine.gguf");
    write(".lmstudio-home-pointer", `${join(home, "studio")}\n`);
    write("studio/settings.json", JSON.stringify({ downloadsFolder: join(home, "disk") }));
    expect(await found()).toEqual([
      {
        owner: "LM Studio",
        name: "twins/Big-GGUF/big-00001-of-00002.gguf",
        source: "hf:twins/Big-GGUF/big-00001-of-00002.gguf",
        path: split,
        bytes: 34,
      },
      {
        owner: "LM Studio",
        name: "twins/Twins-GGUF/twin.gguf",
        source: "hf:twins/Twins-GGUF/twin.gguf",
        path: own,
        bytes: 17,
      },
      { owner: "LM Studio", name: "mine.gguf", source: null, path: chosen, bytes: 17 },
    ]);
  });

  it("of LM Studio are found whatever its settings say", async () => {
    write(".lmstudio/settings.json", "{");
    const own = write(".lmstudio/models/a/b/c.gguf");
    expect(await found()).toMatchObject([{ owner: "LM Studio", path: own }]);
  });

  it("of llama.cpp are the files of its cache", async () => {
    const path = write("cache/llama.cpp/twins_Twins-GGUF_twin.gguf");
    write("cache/llama.cpp/manifest=twins=Twins-GGUF=latest.json", "{}");
    write("cache/llama.cpp/half.gguf.downloadInProgress");
    expect(await found({ XDG_CACHE_HOME: join(home, "cache") })).toEqual([
      { owner: "llama.cpp", name: "twins_Twins-GGUF_twin.gguf", source: null, path, bytes: 17 },
    ]);
  });

  it("of Ollama are the blobs that its manifests call a model", async () => {
    const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
    const layer = (type: string, of: string) => ({
      mediaType: `application/vnd.ollama.image.${type}`,
      digest: of,
      size: 17,
    });
    const manifest = (path: string, ...layers: unknown[]) =>
      write(`models/manifests/${path}`, JSON.stringify({ schemaVersion: 2, layers }));
    const blob = write(`models/blobs/sha256-${"a".repeat(64)}`);
    write(`models/blobs/sha256-${"b".repeat(64)}`);
    write(`models/blobs/sha256-${"c".repeat(64)}`, "{}");
    write("secret.gguf");
    manifest(
      "registry.ollama.ai/library/twin/1b",
      layer("projector", digest("b")),
      layer("model", digest("a")),
    );
    manifest("hf.co/twins/Twins-GGUF/Q8_0", layer("model", digest("a")));
    manifest("registry.ollama.ai/library/adapter/latest", layer("adapter", digest("b")));
    manifest("registry.ollama.ai/library/text/latest", layer("model", digest("c")));
    manifest("registry.ollama.ai/library/gone/latest", layer("model", digest("d")));
    manifest("registry.ollama.ai/library/evil/latest", layer("model", "sha256:../../secret.gguf"));
    write("models/manifests/registry.ollama.ai/library/broken/latest", "{ nope");
    expect(await found({ OLLAMA_MODELS: join(home, "models") })).toEqual([
      { owner: "Ollama", name: "hf.co/twins/Twins-GGUF:Q8_0", source: null, path: blob, bytes: 17 },
      { owner: "Ollama", name: "twin:1b", source: null, path: blob, bytes: 17 },
    ]);
  });
});

it("all models of a machine are listed once each, what was fetched first", async () => {
  const path = write(".lmstudio/models/twins/T-GGUF/twin.gguf");
  const twinlens = join(home, ".lmstudio/models/twins");
  const record = {
    name: "twin-base",
    source: "hf:twins/T-GGUF/twin.gguf",
    sha256: [],
    verifiedBy: null,
    fetched: 1,
    lastUsed: 2,
  };
  await keep(path, record);
  const other = write(".lmstudio/models/other/O-GGUF/other.gguf");
  expect(await modelsOnMachine(twinlens, machine())).toEqual([
    {
      path,
      bytes: 17,
      owner: "Twinlens",
      name: "twin-base",
      source: "hf:twins/T-GGUF/twin.gguf",
      lastUsed: 2,
      verifiedBy: null,
    },
    expect.objectContaining({ owner: "LM Studio", path: other }),
  ]);
});

describe("folders of other programs", () => {
  const on = (platform: NodeJS.Platform, environment: Machine["environment"] = {}): Machine => ({
    platform,
    environment,
    home: platform === "win32" ? "C:\\Users\\ada" : "/home/ada",
  });
  const windows = on("win32", { LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" });

  it("are those that each says itself", () => {
    expect(huggingFaceFolders(on("linux"))).toEqual(["/home/ada/.cache/huggingface/hub"]);
    expect(huggingFaceFolders(on("darwin", { HF_HOME: "/hf" }))).toEqual(["/hf/hub"]);
    expect(huggingFaceFolders(on("linux", { HF_HUB_CACHE: "/h", HF_HOME: "/hf" }))).toEqual(["/h"]);
    expect(huggingFaceFolders(on("linux", { XDG_CACHE_HOME: "/c", LLAMA_CACHE: "/l" }))).toEqual([
      "/c/huggingface/hub",
      "/l",
    ]);
    expect(huggingFaceFolders(windows)).toEqual(["C:\\Users\\ada\\.cache\\huggingface\\hub"]);
    expect(llamaCppFolder(on("linux"))).toBe("/home/ada/.cache/llama.cpp");
    expect(llamaCppFolder(on("darwin"))).toBe("/home/ada/Library/Caches/llama.cpp");
    expect(llamaCppFolder(windows)).toBe("C:\\Users\\ada\\AppData\\Local\\llama.cpp");
    expect(llamaCppFolder(on("linux", { LLAMA_CACHE: "/l" }))).toBe("/l");
    expect(ollamaFolders(on("darwin"))).toEqual(["/home/ada/.ollama/models"]);
    expect(ollamaFolders(on("linux"))).toEqual([
      "/home/ada/.ollama/models",
      "/usr/share/ollama/.ollama/models",
    ]);
    expect(ollamaFolders(windows)).toEqual(["C:\\Users\\ada\\.ollama\\models"]);
    expect(ollamaFolders(on("linux", { OLLAMA_MODELS: "/o" }))).toEqual(["/o"]);
    expect(lmStudioHomes(windows, null)).toEqual([
      "C:\\Users\\ada\\.cache\\lm-studio",
      "C:\\Users\\ada\\.lmstudio",
    ]);
    expect(lmStudioHomes(on("linux"), "/s")[0]).toBe("/s");
  });
});
