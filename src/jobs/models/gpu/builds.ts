import type { GpuKind } from "../../../protocol/gpuBuilds";
import { GpuBuildError } from "./gpuBuildError";
import pinned from "./pinned.json";

/** An npm package of node-llama-cpp's. */
export interface BuildPackage {
  /** As node-llama-cpp calls the build: `linux-x64-cuda`. */
  readonly name: string;
  readonly version: string;
  /** Packed. */
  readonly bytes: number;
  readonly unpackedBytes: number;
  /** Of the packed file, hex. */
  readonly sha512: string;
}

/** Packages that make llama.cpp compute on a GPU. */
export interface GpuBuild {
  readonly kind: GpuKind;
  /** The major version of CUDA whose libraries it opens; null: none. */
  readonly cuda: number | null;
  readonly packages: readonly BuildPackage[];
}

/** What is known of the registry's packages. */
export interface Pins {
  readonly version: string;
  readonly packages: Readonly<Record<string, PinnedPackage>>;
}

interface PinnedPackage {
  readonly bytes: number;
  readonly unpackedBytes: number;
  /** As registries write it: `sha512-` and base64. */
  readonly integrity: string;
}

export const PINS: Pins = pinned;

export const LICENCE = "MIT";

/** Prefixes of the names of builds, by platform and processor. */
const PREFIXES: Readonly<Record<string, string>> = {
  "linux x64": "linux-x64",
  "win32 x64": "win-x64",
};

/** The fastest first. With the second package the first one can open the libraries of CUDA 12 as well. */
const PARTS: readonly (Omit<GpuBuild, "packages"> & { readonly suffixes: readonly string[] })[] = [
  { kind: "cuda", cuda: 13, suffixes: ["cuda"] },
  { kind: "cuda", cuda: 12, suffixes: ["cuda", "cuda-ext"] },
  { kind: "vulkan", cuda: null, suffixes: ["vulkan"] },
];

/** Builds for a platform whose packages are known, the fastest first. */
export function gpuBuilds(platform: string, arch: string, pins = PINS): readonly GpuBuild[] {
  const prefix = PREFIXES[`${platform} ${arch}`];
  if (prefix === undefined) return [];
  return PARTS.flatMap(({ kind, cuda, suffixes }) => {
    const packages = suffixes.flatMap((suffix) => packageOf(`${prefix}-${suffix}`, pins));
    return packages.length === suffixes.length ? [{ kind, cuda, packages }] : [];
  });
}

/** Why a platform has no builds, and what to do. */
export function absenceOf(platform: string, arch: string, { version } = PINS): string {
  const prefix = PREFIXES[`${platform} ${arch}`];
  if (prefix !== undefined) {
    return `This version of Twinlens does not know the GPU builds for ${prefix} of node-llama-cpp ${version}. In a checkout of Twinlens, "npm install --no-save @node-llama-cpp/${prefix}-vulkan@${version}" adds one.`;
  }
  if (platform === "darwin" && arch === "arm64") {
    return "Nothing is to be added: llama.cpp's build for Apple silicon computes on its GPU.";
  }
  return `llama.cpp has no prebuilt libraries for GPUs under ${platform} on ${arch}.`;
}

/**
 * Where a registry has a package.
 * @throws GpuBuildError where the registry's is no address
 */
export function tarballUrl(registry: string, { name, version }: BuildPackage): string {
  const folder = registry.endsWith("/") ? registry : `${registry}/`;
  if (!URL.canParse(folder)) {
    throw new GpuBuildError(
      "npm's registry is no address: set npm_config_registry to one that begins with https://, or to nothing.",
    );
  }
  return new URL(`@node-llama-cpp/${name}/-/${name}-${version}.tgz`, folder).href;
}

const NPM_REGISTRY = "https://registry.npmjs.org/";

/** The registry that the user has given to npm, as npm passes it on, else npm's own. */
export function registryOf(environment: Readonly<Record<string, string | undefined>>): string {
  return environment.npm_config_registry || environment.NPM_CONFIG_REGISTRY || NPM_REGISTRY;
}

/** What a registry is called where it is shown. */
export function registryName(registry: string): string {
  return URL.canParse(registry) ? new URL(registry).host : registry;
}

function packageOf(name: string, { version, packages }: Pins): BuildPackage[] {
  const pin = packages[name];
  if (pin === undefined) return [];
  const [, base64 = ""] = /^sha512-([\w+/]+=*)$/.exec(pin.integrity) ?? [];
  const sha512 = Buffer.from(base64, "base64").toString("hex");
  return [{ name, version, bytes: pin.bytes, unpackedBytes: pin.unpackedBytes, sha512 }];
}
