/** Where other programs keep their models: as their own sources and manuals say it. */
import { posix, win32 } from "node:path";

/** What says where programs keep their models. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/**
 * The Hugging Face cache (huggingface_hub's constants). llama.cpp has kept its models in it, too, since it stopped having
 * a folder of its own, or in LLAMA_CACHE in the same way (its common/hf-cache.cpp).
 */
export function huggingFaceFolders({ environment, home, platform }: Machine): string[] {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, LLAMA_CACHE } = environment;
  const join = joinerOf(platform);
  const cache =
    HF_HUB_CACHE ||
    HUGGINGFACE_HUB_CACHE ||
    (HF_HOME && join(HF_HOME, "hub")) ||
    join(XDG_CACHE_HOME || join(home, ".cache"), "huggingface", "hub");
  return LLAMA_CACHE ? [cache, LLAMA_CACHE] : [cache];
}

/** llama.cpp's own folder (`fs_get_cache_directory` of its common.cpp). */
export function llamaCppFolder({ environment, home, platform }: Machine): string {
  const { LLAMA_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  const join = joinerOf(platform);
  if (LLAMA_CACHE) return LLAMA_CACHE;
  if (platform === "darwin") return join(home, "Library", "Caches", "llama.cpp");
  if (platform === "win32") {
    return join(LOCALAPPDATA || join(home, "AppData", "Local"), "llama.cpp");
  }
  return join(XDG_CACHE_HOME || join(home, ".cache"), "llama.cpp");
}

/** Ollama's folders (its envconfig, and its FAQ of the Linux service). */
export function ollamaFolders({ environment, home, platform }: Machine): string[] {
  const { OLLAMA_MODELS } = environment;
  const join = joinerOf(platform);
  if (OLLAMA_MODELS) return [OLLAMA_MODELS];
  const own = join(home, ".ollama", "models");
  return platform === "linux" ? [own, "/usr/share/ollama/.ollama/models"] : [own];
}

/** Folders that may be LM Studio's own, the likeliest first (`findLMStudioHome` of its lms-common-server). */
export function lmStudioHomes({ home, platform }: Machine, pointer: string | null): string[] {
  const join = joinerOf(platform);
  const homes = [join(home, ".cache", "lm-studio"), join(home, ".lmstudio")];
  return pointer === null || pointer === "" ? homes : [pointer, ...homes];
}

/** The file in which LM Studio says where its own folder is. */
export function lmStudioPointer({ home, platform }: Machine): string {
  return joinerOf(platform)(home, ".lmstudio-home-pointer");
}

function joinerOf(platform: NodeJS.Platform): (...parts: string[]) => string {
  const paths = platform === "win32" ? win32 : posix;
  return (...parts) => paths.join(...parts);
}
