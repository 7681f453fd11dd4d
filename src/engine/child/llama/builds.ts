import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineError } from "../../errors";
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

const gpuSuffixes = ["-metal", "-cuda", "-cuda-ext", "-vulkan"];

/**
 * Opens the llama.cpp build to compute with. node-llama-cpp chooses a GPU where one of its GPU builds is installed
 * (its `getLlama()` costs 1 to 2 s); otherwise the processor's libraries are opened directly.
 * @throws EngineError `VersionMismatch` when no build is installed for this platform.
 */
export async function openBuild(
  gpu: "auto" | "off",
  onLog: (line: string) => void,
): Promise<OpenedBuild> {
  if (gpu === "auto" && gpuBuildInstalled()) {
    const chosen = await openGpuBuild(onLog);
    if (chosen !== null) return chosen;
  }
  const directory = libraries(platformBuild());
  const library = openLibrary(directory);
  const log = new NativeLog(library, onLog);
  library.ggml_backend_load_all_from_path(directory);
  library.llama_backend_init();
  return { library, log, device: "CPU" };
}

async function openGpuBuild(onLog: (line: string) => void): Promise<OpenedBuild | null> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
  const [name] = await llama.getGpuDeviceNames();
  // Vulkan's loader may be there without a GPU behind it; a renderer in software is none to llama.cpp.
  if (llama.gpu === false || name === undefined) return null;
  const plain = platformBuild();
  const build = plain.endsWith(llama.gpu) ? plain : `${plain}-${llama.gpu}`;
  // The addon has registered the backends in this process; opening the same file gives the same library.
  const library = openLibrary(libraries(build));
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

function gpuBuildInstalled(): boolean {
  const plain = platformBuild();
  return gpuSuffixes.some(
    (suffix) => plain.endsWith(suffix) || packageFolder(plain + suffix) !== null,
  );
}

/** The folder of a build's shared libraries: `bins/<build>` of its package. */
function libraries(build: string): string {
  const folder = packageFolder(build);
  const bins = folder === null ? "" : join(folder, "bins");
  const [first] = existsSync(bins) ? readdirSync(bins) : [];
  if (first === undefined) {
    throw new EngineError(
      "VersionMismatch",
      `llama.cpp's libraries for this platform (@node-llama-cpp/${build}) are not installed. Run "npm ci", or reinstall Twinlens.`,
    );
  }
  return join(bins, first);
}

function packageFolder(build: string): string | null {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths("node-llama-cpp") ?? []) {
    const candidate = join(folder, "@node-llama-cpp", build, "package.json");
    if (existsSync(candidate)) return dirname(candidate);
  }
  return null;
}
