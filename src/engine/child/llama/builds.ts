import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../errors";
import { addedBuilds, type BuildFolders, installedPackage, leadImports } from "./buildPackages";
import { type Library, openLibrary } from "./library";
import { NativeLog } from "./log";

export interface OpenedBuild {
  readonly library: Library;
  readonly log: NativeLog;
  /** `CPU`, or the GPU's name. */
  readonly device: string;
}

/** node-llama-cpp's builds for the processor alone, by `process.platform` and `process.arch`. */
const cpuBuilds: Readonly<Record<string, string>> = {
  "linux x64": "linux-x64",
  "linux arm64": "linux-arm64",
  "linux arm": "linux-armv7l",
  "linux riscv64": "linux-riscv64",
  "darwin arm64": "mac-arm64-metal",
  "darwin x64": "mac-x64",
  "win32 x64": "win-x64",
  "win32 arm64": "win-arm64",
};

const GPU_SUFFIXES = ["-metal", "-cuda", "-cuda-ext", "-vulkan"];

/**
 * Opens the llama.cpp build to compute with. node-llama-cpp chooses a GPU where one of its GPU builds is installed
 * (its `getLlama()` costs 1 to 2 s); otherwise the processor's libraries are opened directly.
 * @param gpuFolder of GPU builds that the user has added; null: none
 * @throws EngineError `VersionMismatch` when no build is installed for this platform.
 */
export async function openBuild(
  gpu: "auto" | "off",
  gpuFolder: string | null,
  onLog: (line: string) => void,
): Promise<OpenedBuild> {
  if (gpu === "auto") {
    const added = addedBuilds(gpuFolder, gpuBuilds(), onLog);
    const chosen = hasGpuBuild(added) ? await openGpuBuild(added, onLog) : null;
    if (chosen !== null) return chosen;
  }
  const directory = libraries(packageFolder(platformBuild()));
  const library = openLibrary(directory);
  const log = new NativeLog(library, onLog);
  library.ggml_backend_load_all_from_path(directory);
  library.llama_backend_init();
  return { library, log, device: "CPU" };
}

async function openGpuBuild(
  added: BuildFolders,
  onLog: (line: string) => void,
): Promise<OpenedBuild | null> {
  leadImports(added);
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
  const [name] = await llama.getGpuDeviceNames();
  // Vulkan's loader may be there without a GPU behind it; a renderer in software is none to llama.cpp.
  if (llama.gpu === false || name === undefined) return null;
  const plain = platformBuild();
  const build = plain.endsWith(llama.gpu) ? plain : `${plain}-${llama.gpu}`;
  // The addon has registered the backends in this process; opening the same file gives the same library.
  const library = openLibrary(libraries(added.get(build) ?? packageFolder(build)));
  return { library, log: new NativeLog(library, onLog), device: name };
}

function platformBuild(): string {
  const build = cpuBuilds[`${process.platform} ${process.arch}`];
  if (build === undefined) {
    throw new EngineError(
      "VersionMismatch",
      `llama.cpp has no prebuilt libraries for ${process.platform} on ${process.arch}.`,
    );
  }
  return build;
}

function gpuBuilds(): readonly string[] {
  return GPU_SUFFIXES.map((suffix) => platformBuild() + suffix);
}

function hasGpuBuild(added: BuildFolders): boolean {
  const isOfPlatform = GPU_SUFFIXES.some((suffix) => platformBuild().endsWith(suffix));
  return isOfPlatform || added.size > 0 || gpuBuilds().some((build) => installedBuild(build));
}

/** The folder of a build's shared libraries in its package: `bins/<build>`. */
function libraries(folder: string): string {
  const bins = join(folder, "bins");
  const [first] = existsSync(bins) ? readdirSync(bins) : [];
  if (first === undefined) throw missing(folder);
  return join(bins, first);
}

function packageFolder(build: string): string {
  const folder = installedBuild(build);
  if (folder === null) throw missing(`@node-llama-cpp/${build}`);
  return folder;
}

function installedBuild(build: string): string | null {
  return installedPackage(`@node-llama-cpp/${build}`);
}

function missing(what: string): EngineError {
  return new EngineError(
    "VersionMismatch",
    `llama.cpp's libraries for this platform (${what}) are not installed. Run "npm ci", or reinstall Twinlens.`,
  );
}
