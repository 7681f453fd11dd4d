import { describe, expect, it } from "vitest";
import manifest from "../../package.json";
import lock from "../../package-lock.json";
import {
  absenceOf,
  gpuBuilds,
  PINS,
  registryOf,
  tarballUrl,
} from "../../src/jobs/models/gpu/builds";
import { lookForGpus, type Surroundings } from "../../src/jobs/models/gpu/machine";
import { gpuOffers } from "../../src/jobs/models/gpu/offers";

const linux = gpuBuilds("linux", "x64");

describe("the known packages", () => {
  it("are those of node-llama-cpp as it is installed: else run scripts/pinGpuBuilds.mjs", () => {
    expect(PINS.version).toBe(manifest.dependencies["node-llama-cpp"]);
    expect(PINS.version).toBe(lock.packages["node_modules/node-llama-cpp"].version);
    const { optionalDependencies } = lock.packages["node_modules/node-llama-cpp"];
    const names = Object.keys(PINS.packages).map((name) => `@node-llama-cpp/${name}`);
    expect(Object.keys(optionalDependencies)).toEqual(expect.arrayContaining(names));
  });

  it("make up CUDA 13, CUDA 12 and Vulkan, each with a whole digest", () => {
    const names = linux.map(({ packages }) => packages.map(({ name }) => name));
    expect(names).toEqual([
      ["linux-x64-cuda"],
      ["linux-x64-cuda", "linux-x64-cuda-ext"],
      ["linux-x64-vulkan"],
    ]);
    for (const { sha512, bytes, unpackedBytes } of linux.flatMap(({ packages }) => packages)) {
      expect(sha512).toMatch(/^[0-9a-f]{128}$/);
      expect(unpackedBytes).toBeGreaterThan(bytes);
    }
  });

  it("are none elsewhere, and a sentence says what is to be done", () => {
    expect(gpuBuilds("linux", "arm64")).toEqual([]);
    expect(absenceOf("linux", "arm64")).toContain("no prebuilt libraries for GPUs");
    expect(absenceOf("darwin", "arm64")).toContain("Nothing is to be added");
    // The registry had none of these when the others were written down.
    expect(gpuBuilds("win32", "x64")).toEqual([]);
    expect(absenceOf("win32", "x64")).toContain("@node-llama-cpp/win-x64-vulkan@");
  });
});

describe("the registry", () => {
  it("is the one that npm is told to use, else npm's own", () => {
    expect(registryOf({})).toBe("https://registry.npmjs.org/");
    expect(registryOf({ NPM_CONFIG_REGISTRY: "https://a.example/npm" })).toBe(
      "https://a.example/npm",
    );
    const both = { npm_config_registry: "http://b.example", NPM_CONFIG_REGISTRY: "" };
    expect(registryOf(both)).toBe("http://b.example");
  });

  it("has a package under a path of its own", () => {
    const [pack] = linux.at(-1)!.packages;
    const path = `@node-llama-cpp/linux-x64-vulkan/-/linux-x64-vulkan-${PINS.version}.tgz`;
    for (const registry of ["https://a.example/npm", "https://a.example/npm/"]) {
      expect(tarballUrl(registry, pack!)).toBe(`https://a.example/npm/${path}`);
    }
  });
});

describe("what is offered", () => {
  /** A machine with these files. */
  function machine(files: readonly string[], rest: Partial<Surroundings> = {}) {
    const list = (folder: string) => {
      const inside = files.filter((file) => file.startsWith(`${folder}/`));
      return [...new Set(inside.map((file) => file.slice(folder.length + 1).split("/")[0]!))];
    };
    const exists = (path: string) => files.includes(path);
    return lookForGpus({ platform: "linux", environment: {}, exists, list, ...rest });
  }
  const offered = (found: ReturnType<typeof machine>) =>
    gpuOffers(linux, found).map(({ build: { kind, cuda }, lacks }) => [kind, cuda, lacks]);

  const lib = "/usr/lib/x86_64-linux-gnu";
  const nvidia = ["/dev/nvidia0", `${lib}/libcuda.so.1`];
  const cuda = (version: number, folder: string) =>
    ["cudart", "cublas"].map((name) => `${folder}/lib${name}.so.${version}`);
  const vulkan = [`${lib}/libvulkan.so.1`, "/usr/share/vulkan/icd.d/radeon_icd.x86_64.json"];
  const noNvidia = "No NVIDIA driver was found.";
  const noVulkan = "No GPU driver for Vulkan was found.";

  it("fits nothing without a driver, whatever libraries there are", () => {
    const bare = [
      ["cuda", 13, noNvidia],
      ["vulkan", null, noVulkan],
    ];
    expect(offered(machine([]))).toEqual(bare);
    expect(offered(machine(cuda(13, "/usr/local/cuda-13.0/lib64")))).toEqual(bare);
    // A toolkit's driver without a device, a device without a driver, a renderer in software.
    expect(offered(machine([`${lib}/libcuda.so.1`]))).toEqual(bare);
    expect(offered(machine(["/dev/nvidia0", "/dev/nvidiactl"]))).toEqual(bare);
    const software = [vulkan[0]!, "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json"];
    expect(offered(machine([...software, "/dev/dri/renderD128"]))).toEqual(bare);
    expect(offered(machine(vulkan))).toEqual(bare);
  });

  it("is Vulkan first for a GPU of another maker", () => {
    expect(offered(machine([...vulkan, "/dev/dri/renderD128"]))).toEqual([
      ["vulkan", null, null],
      ["cuda", 13, noNvidia],
    ]);
    expect(offered(machine([vulkan[1]!, "/dev/dri/renderD128"]))[1]).toEqual([
      "vulkan",
      null,
      "Vulkan's loader was not found.",
    ]);
  });

  it("is CUDA first where its libraries are, with the package that its version needs", () => {
    const found = (...more: string[]) => offered(machine([...nvidia, ...vulkan, ...more]));
    const fits = (version: number) => [
      ["cuda", version, null],
      ["vulkan", null, null],
    ];
    expect(found(...cuda(13, lib))).toEqual(fits(13));
    expect(found(...cuda(12, "/usr/local/cuda-12.4/targets/x86_64-linux/lib"))).toEqual(fits(12));
    expect(found(...cuda(12, lib), ...cuda(13, lib))).toEqual(fits(13));
    expect(found(...cuda(11, lib))).toEqual([
      ["vulkan", null, null],
      ["cuda", 13, "The libraries of CUDA 13 or 12 (cudart, cublas) were not found."],
    ]);
  });

  it("follows the environment's folders and drivers", () => {
    const files = ["/dev/dxg", "/wsl/libcuda.so.1", ...cuda(13, "/opt/cuda/lib64")];
    const environment = { LD_LIBRARY_PATH: ":/wsl:", CUDA_PATH: "/opt/cuda" };
    expect(offered(machine(files, { environment }))[0]).toEqual(["cuda", 13, null]);
    const device = [...vulkan, "/dev/dri/renderD128"];
    const software = { VK_DRIVER_FILES: "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json" };
    expect(offered(machine(device, { environment: software }))[1]).toEqual([
      "vulkan",
      null,
      noVulkan,
    ]);
  });

  it("is looked for in Windows' own places", () => {
    const files = [
      "C:\\Windows\\System32\\nvcuda.dll",
      "C:\\Windows\\System32\\vulkan-1.dll",
      "C:\\CUDA\\bin\\x64\\cudart64_13.dll",
      "C:\\CUDA\\bin\\x64\\cublas64_13.dll",
    ];
    const environment = { SystemRoot: "C:\\Windows", CUDA_PATH: "C:\\CUDA" };
    expect(machine(files, { platform: "win32", environment })).toEqual({
      hasNvidia: true,
      cuda: [13],
      hasVulkanLoader: true,
      hasVulkanDriver: true,
    });
    expect(machine([], { platform: "win32" })).toMatchObject({ hasNvidia: false, cuda: [] });
  });
});
