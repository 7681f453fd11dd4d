import type { ChosenModel } from "../../protocol/modelIdentity";
import type { ModelOptions } from "../engine";
import { cancelled, EngineError } from "../errors";
import { LONGEST_DEFAULT_WINDOW } from "../windowLength";
import { modelAt } from "../modelFiles";
import { loadChosen } from "./llama/adapter";
import { type OpenedBuild, openBuild } from "./llama/builds";
import { checkMemory } from "./llama/memory";
import { Resident } from "./resident";

/** The models that are loaded, by number. */
export class Residents {
  private readonly builds = new Map<ModelOptions["gpu"], Promise<OpenedBuild>>();
  private readonly loaded = new Map<number, { readonly key: string; readonly model: Resident }>();
  private nextId = 1;

  constructor(
    private readonly readoutWasm: Uint8Array<ArrayBuffer>,
    /** Of GPU builds that the user has added; null: none. */
    private readonly gpuFolder: string | null,
    private readonly onLog: (text: string) => void,
  ) {}

  /** As `Engine.device`. */
  async device(gpu: ModelOptions["gpu"]): Promise<string> {
    return (await this.open(gpu)).device;
  }

  /**
   * Loads a file; one that is loaded with equal options is given as it is.
   * @throws EngineError as of `loadChosen`
   */
  async load(
    path: string,
    options: ModelOptions,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Resident> {
    const chosen = { path, adapter: options.adapter ?? null };
    const { identity } = modelAt(chosen);
    const key = JSON.stringify([identity.stamp, { ...options, adapter: chosen.adapter }]);
    for (const { key: other, model } of this.loaded.values()) if (other === key) return model;
    const build = await this.open(options.gpu);
    const useGpu = build.device !== "CPU";
    await refuseTooLarge(chosen, options.window, useGpu);
    const native = await loadChosen(build, chosen, onProgress, signal);
    const model = new Resident(this.nextId, identity, build, native, options, this.readoutWasm);
    if (signal.aborted) {
      // No caller would ever unload it.
      model.dispose();
      throw cancelled();
    }
    this.loaded.set(this.nextId++, { key, model });
    return model;
  }

  /** @throws EngineError `FileVanished` */
  get(id: number): Resident {
    const found = this.loaded.get(id);
    if (found === undefined) {
      throw new EngineError("FileVanished", "The model is not loaded any more. Load it again.");
    }
    return found.model;
  }

  unload(id: number): void {
    this.loaded.get(id)?.model.dispose();
    this.loaded.delete(id);
  }

  private open(gpu: ModelOptions["gpu"]): Promise<OpenedBuild> {
    const opened = this.builds.get(gpu) ?? openBuild(gpu, this.gpuFolder, this.onLog);
    this.builds.set(gpu, opened);
    return opened;
  }
}

/** @throws EngineError `OutOfMemory` */
async function refuseTooLarge(model: ChosenModel, window: number, useGpu: boolean): Promise<void> {
  try {
    await checkMemory(model, window || LONGEST_DEFAULT_WINDOW, useGpu);
  } catch (error) {
    // The estimate only ever refuses for want of memory; a header it can't read is named by the loader.
    if (error instanceof EngineError && error.code === "OutOfMemory") throw error;
  }
}
