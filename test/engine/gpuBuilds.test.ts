/** GPU builds from a registry on this machine to the engine, the server and the command line. No test needs a GPU. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { create } from "tar";
import { CancellationTokenSource, LSPErrorCodes } from "vscode-languageserver/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEngine } from "../../src/engine/local/client";
import { addBuild, missingPackages } from "../../src/jobs/models/gpu/addBuild";
import { buildState, removeBuilds } from "../../src/jobs/models/gpu/addedBuilds";
import { type BuildPackage, type GpuBuild, PINS } from "../../src/jobs/models/gpu/builds";
import { createDownloader } from "../../src/jobs/models/transfer/downloader";
import { type GpuBuildProgress, GpuBuildRequest } from "../../src/protocol/gpuBuilds";
import { twinlens } from "../support/commandLine";
import { LOAD, score } from "../support/engine";
import { testModel } from "../support/models";
import { type Registry, startRegistry } from "../support/registry";
import { configurationOf, ServerClient } from "../support/serverClient";

const NAME = "linux-x64-vulkan";
const FILE = `@node-llama-cpp/${NAME}/-/${NAME}-${PINS.version}.tgz`;
const home = mkdtempSync(join(tmpdir(), "twinlens-gpu-"));
const downloader = createDownloader(resolve("dist/download.mjs"), { stallMs: 5000, pauseMs: 10 });
let registry: Registry;
/** A package with the name of a GPU build, and in it the processor's libraries. */
let pack: Buffer;
let folder: string;

beforeAll(async () => {
  registry = await startRegistry();
  pack = await packed("good");
  process.env.npm_config_registry = registry.url;
  process.env.TWINLENS_DATA = join(home, "data");
});
afterAll(async () => {
  delete process.env.npm_config_registry;
  delete process.env.TWINLENS_DATA;
  await downloader.close();
  await registry.close();
  rmSync(home, { recursive: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(home, "builds-"));
  registry.files.set(FILE, pack);
});
afterEach(() => {
  registry.holdAfter = Infinity;
});

const ofPlatform = process.platform === "linux" && process.arch === "x64";

/** @param change what else is done with the package's folder */
async function packed(name: string, change?: (folder: string) => void): Promise<Buffer> {
  const top = join(home, name, "package");
  const from = "node_modules/@node-llama-cpp/linux-x64";
  const bins = join(top, "bins", NAME);
  mkdirSync(bins, { recursive: true });
  cpSync(join(from, "dist"), join(top, "dist"), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as object;
  const renamed = { ...manifest, name: `@node-llama-cpp/${NAME}` };
  writeFileSync(join(top, "package.json"), JSON.stringify(renamed));
  for (const file of readdirSync(join(from, "bins/linux-x64"))) {
    if (!/-cpu-|common/.test(file)) cpSync(join(from, "bins/linux-x64", file), join(bins, file));
  }
  change?.(top);
  const file = join(home, `${name}.tgz`);
  await create({ file, cwd: join(home, name), gzip: { level: 1 } }, filesIn("package", top));
  return readFileSync(file);
}

function filesIn(prefix: string, top: string): string[] {
  const entries = readdirSync(top, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(prefix, join(entry.parentPath, entry.name).slice(top.length)));
}

function buildOf(bytes: Buffer, change: Partial<BuildPackage> = {}): GpuBuild {
  const sha512 = createHash("sha512").update(bytes).digest("hex");
  const known = { name: NAME, version: PINS.version, bytes: bytes.length, unpackedBytes: 1e8 };
  return { kind: "vulkan", cuda: null, packages: [{ ...known, sha512, ...change }] };
}

function add(
  build: GpuBuild,
  onProgress: (now: GpuBuildProgress) => void = () => undefined,
  signal = new AbortController().signal,
) {
  return addBuild(build, { folder, registry: registry.url, downloader, onProgress, signal });
}

/** Bytes. */
const largestFile = () =>
  Math.max(0, ...readdirSync(folder).map((name) => statSync(join(folder, name)).size));

/** As an earlier version of Twinlens has left it. */
function addOutdated(into: string): void {
  mkdirSync(join(into, NAME, "old"), { recursive: true });
  writeFileSync(join(into, NAME, "package.json"), '{"version":"3.0.0"}');
}

describe.runIf(ofPlatform)("a build", () => {
  it("is fetched, checked and unpacked, and then nothing else lies there", async () => {
    const build = buildOf(pack);
    const steps: GpuBuildProgress[] = [];
    expect(await buildState(folder, build)).toBe("absent");
    await add(build, (now) => steps.push(now));
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(await buildState(folder, build)).toBe("added");
    expect(await missingPackages(folder, build)).toEqual([]);
    const total = pack.length;
    expect(steps.at(-1)).toMatchObject({ step: "unpacking", bytes: total, total });
    expect(steps.every(({ bytes }) => bytes <= total)).toBe(true);
    registry.asked.length = 0;
    await add(build);
    expect(registry.asked).toEqual([]);
    writeFileSync(join(folder, "mine.txt"), "mine");
    await removeBuilds(folder);
    expect(await buildState(folder, build)).toBe("absent");
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
  });

  it("with another digest is deleted before anything of it is unpacked", async () => {
    const steps = new Set<string>();
    const other = buildOf(pack, { sha512: "0".repeat(128) });
    await expect(add(other, ({ step }) => steps.add(step))).rejects.toThrow("sha512");
    expect([...steps]).not.toContain("unpacking");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("with a link in it, or more than was announced, leaves nothing behind", async () => {
    const linked = await packed("linked", (top) => symlinkSync("/etc", join(top, "dist/evil")));
    registry.files.set(FILE, linked);
    await expect(add(buildOf(linked))).rejects.toThrow("is no regular file (SymbolicLink)");
    registry.files.set(FILE, pack);
    await expect(add(buildOf(pack, { unpackedBytes: 1e6 }))).rejects.toThrow("were announced");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not begun where the disk has no room for it", async () => {
    registry.asked.length = 0;
    const huge = buildOf(pack, { unpackedBytes: 1e18 });
    await expect(add(huge)).rejects.toThrow("too full");
    expect(registry.asked).toEqual([]);
  });

  it("goes on where it was cancelled", async () => {
    const half = pack.length >> 1;
    registry.holdAfter = half;
    const stop = new AbortController();
    const adding = add(buildOf(pack), undefined, stop.signal);
    await expect.poll(largestFile).toBeGreaterThan(half / 2);
    stop.abort();
    await expect(adding).rejects.toThrow("aborted");
    registry.holdAfter = Infinity;
    await add(buildOf(pack));
    const [, from] = / from (\d+)$/.exec(registry.asked.at(-1)!) ?? [];
    expect(Number(from)).toBeGreaterThan(half / 2);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  it("takes the place of one of another version, and of what a process that has ended left", async () => {
    const build = buildOf(pack);
    const { pid } = spawnSync(process.execPath, ["--version"]);
    mkdirSync(join(folder, `.unpacking-${pid}-x`));
    addOutdated(folder);
    expect(await buildState(folder, build)).toBe("outdated");
    await add(build);
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(readdirSync(join(folder, NAME))).not.toContain("old");
  });
});

describe.runIf(ofPlatform)("the engine", () => {
  const TEXT = "The fox went to the forest and asked the bird, which answered slowly.\n".repeat(4);

  /** What the engine computes on, what it computes, and what it says. */
  async function computed(gpuFolder: string | null) {
    const log: string[] = [];
    const script = resolve("dist/engine.mjs");
    const engine = startEngine({ script, gpuFolder, onLog: (line) => log.push(line) });
    try {
      const device = await engine.device("auto");
      const model = await engine.load(testModel(), { ...LOAD, gpu: "auto" });
      expect(model.facts.device).toBe(device);
      const { columns } = await score(engine, model, TEXT);
      return { device, numbers: columns.logProbability, log };
    } finally {
      engine.dispose();
    }
  }

  it("computes the same on the processor where an added build finds no GPU", async () => {
    await add(buildOf(pack));
    const { device, numbers, log } = await computed(folder);
    expect(log.filter((line) => line.includes("is not used"))).toEqual([]);
    const without = await computed(null);
    expect({ device, numbers }).toEqual({ device: without.device, numbers: without.numbers });
  });

  it("leaves a build of another version alone, and says so", async () => {
    addOutdated(folder);
    const { device, log } = await computed(folder);
    expect(device).toBe("CPU");
    expect(log[0]).toContain("belongs to node-llama-cpp 3.0.0");
  });

  it("has node-llama-cpp find a build where it was added", async () => {
    await add(buildOf(pack));
    const inside = pathToFileURL(
      "node_modules/node-llama-cpp/dist/bindings/utils/compileLLamaCpp.js",
    ).href;
    const address = pathToFileURL(join(folder, NAME, "dist/index.js")).href;
    const program = `
      import { register } from "node:module";
      import { getPrebuiltBinaryPath } from ${JSON.stringify(inside)};
      const options = { platform: "linux", arch: "x64", gpu: "vulkan" };
      const path = async () => (await getPrebuiltBinaryPath(options, "${NAME}"))?.binaryPath ?? null;
      const before = await path();
      const data = new Map([["@node-llama-cpp/${NAME}", ${JSON.stringify(address)}]]);
      register(${JSON.stringify(pathToFileURL("dist/buildHook.mjs").href)}, { data });
      console.log(JSON.stringify([before, await path()]));`;
    const args = ["--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    const found = join(folder, NAME, "bins", NAME, "llama-addon.node");
    expect(JSON.parse(stdout)).toEqual([null, found]);
  });
});

describe.runIf(ofPlatform)("the server", () => {
  let client: ServerClient;
  beforeAll(async () => {
    client = await ServerClient.start(configurationOf({}, {}, join(home, "storage")));
  });
  afterAll(() => client.stop());

  it("says what there is, fetches nothing for it, and removes what was added", async () => {
    registry.asked.length = 0;
    const state = await client.request(GpuBuildRequest.state, null);
    const gpu = join(home, "storage", "gpu");
    const { host } = new URL(registry.url);
    expect(state).toMatchObject({ absence: null, licence: "MIT", registry: host, folder: gpu });
    expect(state.builds.map(({ kind }) => kind).toSorted()).toEqual(["cuda", "vulkan"]);
    const vulkan = state.builds.find(({ kind }) => kind === "vulkan");
    const { bytes } = PINS.packages[NAME]!;
    expect(vulkan).toMatchObject({ state: "absent", bytes });
    addOutdated(gpu);
    const stateOf = ({ builds }: typeof state) =>
      builds.find(({ kind }) => kind === "vulkan")!.state;
    expect(stateOf(await client.request(GpuBuildRequest.state, null))).toBe("outdated");
    expect(stateOf(await client.request(GpuBuildRequest.remove, null))).toBe("absent");
  });

  it("stops fetching when the user has enough of it", async () => {
    registry.holdAfter = 1000;
    const gpu = join(home, "storage", "gpu");
    const stop = new CancellationTokenSource();
    const adding = client.request(GpuBuildRequest.add, { kind: "vulkan" }, stop.token);
    const ended = expect(adding).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    await expect.poll(() => existsSync(gpu) && readdirSync(gpu).length).toBeGreaterThan(0);
    stop.cancel();
    await ended;
    await client.request(GpuBuildRequest.remove, null);
  });

  it("refuses a package that is not the known one, and says that it was deleted", async () => {
    const adding = client.request(GpuBuildRequest.add, { kind: "vulkan" });
    await expect(adding).rejects.toThrow(/sha512/);
    expect(readdirSync(join(home, "storage", "gpu"))).toEqual([]);
  });
});

describe.runIf(ofPlatform)("twinlens gpu", () => {
  it("shows, refuses what is not the known package, and removes", async () => {
    folder = join(home, "data", "gpu");
    addOutdated(folder);
    const shown = await twinlens(["gpu"]);
    expect(shown).toMatchObject({ code: 0, errors: "" });
    expect(shown.output).toMatch(/^Device: \S/u);
    expect(shown.output).toContain(`Folder: ${folder}\n`);
    expect(shown.output).toMatch(/^Vulkan +outdated, 24\.3 MB to fetch +73\.8 MB on disk +MIT/mu);
    const removed = await twinlens(["gpu", "remove"]);
    expect(removed.output).toMatch(/^Vulkan +24\.3 MB to fetch/mu);
    const added = await twinlens(["gpu", "add", "vulkan", "--force"]);
    expect(added).toMatchObject({ code: 1, output: "" });
    expect(added.errors).toMatch(/^twinlens: Fetching llama\.cpp's Vulkan build \(24\.3 MB, /u);
    expect(added.errors).toMatch(/sha512/u);
    expect(readdirSync(folder)).toEqual([]);
  });
});
