import { join, resolve } from "node:path";
import type { Places } from "./modelPaths";

/** Where the command line keeps what it fetches: TWINLENS_DATA, else in the user's folder for programs' data. */
export function dataFolder({ environment, home }: Pick<Places, "environment" | "home">): string {
  if (environment.TWINLENS_DATA) return resolve(environment.TWINLENS_DATA);
  const { XDG_DATA_HOME, LOCALAPPDATA } = environment;
  return join(XDG_DATA_HOME || LOCALAPPDATA || join(home, ".local", "share"), "twinlens");
}

/** Of llama.cpp's builds for GPUs. */
export function gpuFolder(places: Pick<Places, "environment" | "home">): string {
  return join(dataFolder(places), "gpu");
}

/** Of models that were fetched: TWINLENS_MODELS, else beside the builds. */
export function modelsFolder(places: Pick<Places, "environment" | "home">): string {
  return places.environment.TWINLENS_MODELS || join(dataFolder(places), "models");
}
