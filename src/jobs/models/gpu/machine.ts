import { existsSync, readdirSync } from "node:fs";
import { posix, win32 } from "node:path";

/** What of all that GPU builds need was found on a machine. */
export interface GpuMachine {
  /** A GPU of NVIDIA's with its driver. */
  readonly hasNvidia: boolean;
  /** Major versions of CUDA's libraries. */
  readonly cuda: readonly number[];
  /** The library that looks for Vulkan's drivers. */
  readonly hasVulkanLoader: boolean;
  /** A GPU with a driver for Vulkan. */
  readonly hasVulkanDriver: boolean;
}

/** What is asked of a machine. */
export interface Surroundings {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** Names of a folder's entries; none where there is no such folder. */
  readonly list: (folder: string) => readonly string[];
}

export function thisMachine(): Surroundings {
  return {
    platform: process.platform,
    environment: process.env,
    exists: existsSync,
    list(folder) {
      try {
        return readdirSync(folder);
      } catch {
        return [];
      }
    },
  };
}

/** Looks for drivers and libraries by their files; none is opened. */
export function lookForGpus(around: Surroundings): GpuMachine {
  return around.platform === "win32" ? onWindows(around) : onLinux(around);
}

/** Versions of CUDA that there are builds for. */
const CUDA_VERSIONS = [13, 12];

function onLinux({ environment, exists, list }: Surroundings): GpuMachine {
  const toolkits = list("/usr/local").filter((name) => name.startsWith("cuda"));
  const folders = [
    ...(environment.LD_LIBRARY_PATH ?? "").split(":").filter((folder) => folder !== ""),
    ...(environment.CUDA_PATH ? [`${environment.CUDA_PATH}/lib64`] : []),
    ...["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/lib64"],
    ...["/usr/lib/wsl/lib", "/run/opengl-driver/lib"],
    ...toolkits.flatMap((toolkit) => [
      `/usr/local/${toolkit}/lib64`,
      `/usr/local/${toolkit}/targets/x86_64-linux/lib`,
    ]),
  ];
  const has = (file: string) => folders.some((folder) => exists(posix.join(folder, file)));
  const devices = list("/dev");
  // Under Windows' Linux all GPUs are behind one device.
  const hasNvidiaDevice = devices.some((name) => /^(nvidia\d+|dxg)$/.test(name));
  const hasDevice = hasNvidiaDevice || list("/dev/dri").some((name) => name.startsWith("renderD"));
  return {
    hasNvidia: hasNvidiaDevice && has("libcuda.so.1"),
    cuda: CUDA_VERSIONS.filter(
      (version) => has(`libcudart.so.${version}`) && has(`libcublas.so.${version}`),
    ),
    hasVulkanLoader: has("libvulkan.so.1"),
    hasVulkanDriver: hasDevice && vulkanDrivers(environment, list).some(isOfGpu),
  };
}

/** Files that describe Vulkan's drivers, as its loader looks for them. */
function vulkanDrivers(
  environment: Surroundings["environment"],
  list: Surroundings["list"],
): readonly string[] {
  const named = environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES;
  if (named !== undefined) return named.split(":");
  const folders = ["/etc", "/usr/share", "/usr/local/share", "/run/opengl-driver/share"];
  return folders.flatMap((folder) => list(`${folder}/vulkan/icd.d`));
}

/** Mesa's lavapipe is a renderer in software. */
function isOfGpu(file: string): boolean {
  const name = posix.basename(file);
  return name.endsWith(".json") && !name.startsWith("lvp_");
}

function onWindows({ environment, exists }: Surroundings): GpuMachine {
  const system = win32.join(environment.SystemRoot ?? "C:\\Windows", "System32");
  const toolkit = environment.CUDA_PATH;
  const folders = [
    system,
    ...(toolkit ? [win32.join(toolkit, "bin"), win32.join(toolkit, "bin", "x64")] : []),
    ...(environment.Path ?? environment.PATH ?? "").split(";").filter((folder) => folder !== ""),
  ];
  const has = (file: string) => folders.some((folder) => exists(win32.join(folder, file)));
  // It comes with drivers of GPUs.
  const hasVulkan = exists(win32.join(system, "vulkan-1.dll"));
  return {
    hasNvidia: exists(win32.join(system, "nvcuda.dll")),
    cuda: CUDA_VERSIONS.filter(
      (version) => has(`cudart64_${version}.dll`) && has(`cublas64_${version}.dll`),
    ),
    hasVulkanLoader: hasVulkan,
    hasVulkanDriver: hasVulkan,
  };
}
