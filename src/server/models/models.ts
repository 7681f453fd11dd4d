import { BYTES_PER_MB } from "../../analysis/presentation/format";
import type { Engine, LoadOptions } from "../../engine/engine";
import { cancelled, EngineError } from "../../engine/errors";
import { isRewritten } from "../../engine/modelFiles";
import type { KnownDigest } from "../../jobs/models/adapterOrigin";
import type { Configuration } from "../../protocol/configuration";
import type { ChosenModel } from "../../protocol/modelIdentity";
import type { ModelsState } from "../../protocol/models";
import { type Role, ROLE_NAMES, ROLES } from "../../protocol/roles";
import { type Model, Slot } from "./slot";

const TAKING_TURNS =
  "There is not enough memory for both models at once: they are loaded one after the other, which takes longer.";

/**
 * The pair in use: loaded when first needed, freed after a pause without work, gone with an engine that crashed and
 * loaded again by the next request.
 */
export class Models {
  private slots: readonly Slot[];
  private engine: Engine | null = null;
  /** The engine as the pair's users have it: their calls end with the pair. */
  private shared: Engine | null = null;
  /** Memory does not hold both models. */
  private takeTurns = false;
  private users = 0;
  private guests = 0;
  private idle: NodeJS.Timeout | null = null;
  /** Resolves once the engine has freed what was loaded before. */
  private freed: Promise<unknown> = Promise.resolve();

  /**
   * @param startEngine begins an engine process; `onCrash` is called when it ends by itself
   * @param knownDigest of models, as far as nothing has to be read for it
   * @param onChange called after every change of {@link Models.state}
   */
  constructor(
    private readonly startEngine: (onCrash: () => void) => Engine,
    private configuration: Configuration,
    private readonly knownDigest: KnownDigest,
    private readonly onChange: (state: ModelsState) => void,
  ) {
    this.slots = this.slotsOf(configuration);
  }

  /** The models that the pair has. */
  roles(): readonly Role[] {
    return this.slots.map(({ role }) => role);
  }

  chosen(role: Role): ChosenModel | null {
    return this.slots.find((slot) => slot.role === role)?.chosen ?? null;
  }

  state(): ModelsState {
    return {
      pair: this.configuration.pair.name,
      models: this.slots.map((slot) => slot.state()),
      note: this.takeTurns ? TAKING_TURNS : null,
    };
  }

  /** Takes over settings and pair; models that they change are freed. */
  configure(next: Configuration): void {
    this.configuration = next;
    if (keyOf(this.slotsOf(next)) !== keyOf(this.slots)) this.unload();
    else this.changed();
  }

  /** The model, if it is loaded and its file is still the one that was. */
  held(role: Role): Model | null {
    const model = this.slots.find((slot) => slot.role === role)?.model ?? null;
    return model === null || isRewritten(model.loaded.facts) ? null : model;
  }

  /** Loads one model, after freeing the other where memory does not hold both. */
  async load(
    role: Role,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<Model> {
    const slot = this.slotOf(role);
    if (slot.model && !isRewritten(slot.model.loaded.facts)) return slot.model;
    if (slot.model) await this.free(slot);
    if (this.takeTurns) {
      for (const other of this.slots) if (other !== slot) await this.free(other);
    }
    // The engine gives a model that is loaded as it is, even one that it is about to free.
    await this.freed;
    if (!this.slots.includes(slot)) throw cancelled();
    return slot.join(() => this.sharedEngine(), onProgress, signal);
  }

  /** Loads the pair. False: memory does not hold both; they have to take turns. */
  async loadTogether(
    onProgress?: (role: Role, fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<boolean> {
    for (const { role } of this.takeTurns ? [] : this.slots) {
      try {
        await this.load(role, (fraction) => onProgress?.(role, fraction), signal);
      } catch (error) {
        if (!this.isFull(error)) throw error;
        this.takeTurns = true;
        this.slotOf(role).takeBackFailure();
      }
    }
    return !this.takeTurns;
  }

  /** Runs `work`, during which the models are not freed as idle. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.users++;
    if (this.idle) clearTimeout(this.idle);
    try {
      return await work();
    } finally {
      if (--this.users === 0) this.startIdleTimer();
    }
  }

  /**
   * Runs work that loads models of its own in the pair's engine, where all have their turns. Until it has ended the engine stays, whichever
   * pair is in use.
   */
  async lend<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    this.guests++;
    try {
      return await work(this.currentEngine());
    } finally {
      this.guests--;
      if (this.users === 0) this.startIdleTimer();
    }
  }

  /** More digests are known, and with them perhaps of which models adapters were made. */
  async recogniseAdapters(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.recogniseAdapter()));
  }

  /** Frees the pair's memory, and ends the engine unless it is lent. */
  unload(): void {
    if (this.engine === null || this.guests === 0) return this.end();
    this.takeTurns = false;
    this.shared?.dispose();
    this.shared = null;
    this.freed = Promise.allSettled([this.freed, ...this.slots.map((slot) => slot.empty())]);
    this.slots = this.slotsOf(this.configuration);
    this.changed();
  }

  /** Ends the engine, whoever works in it, and with it frees all memory. */
  end(): void {
    this.takeTurns = false;
    this.engine?.dispose();
    this.forgetEngine();
  }

  private changed(): void {
    this.onChange(this.state());
  }

  private slotOf(role: Role): Slot {
    const slot = this.slots.find((one) => one.role === role);
    if (slot) return slot;
    throw new EngineError("FileVanished", `The pair has no ${ROLE_NAMES[role]} model.`);
  }

  /** Empty slots for the pair. */
  private slotsOf({ pair, settings }: Configuration): readonly Slot[] {
    const options: LoadOptions = {
      gpu: settings.gpu,
      window: settings.window,
      batch: 0,
      compatible: settings.compatible,
      windowMemoryBytes: settings.windowMemoryMB * BYTES_PER_MB,
    };
    return ROLES.flatMap((role) => {
      const chosen = pair[role];
      return chosen === null
        ? []
        : new Slot(role, chosen, options, this.knownDigest, () => this.changed());
    });
  }

  private sharedEngine(): Engine {
    return (this.shared ??= this.currentEngine().share());
  }

  private currentEngine(): Engine {
    if (this.engine) return this.engine;
    const started: Engine = this.startEngine(() => {
      if (this.engine === started) this.forgetEngine();
    });
    return (this.engine = started);
  }

  /** What the engine held is gone with it. */
  private forgetEngine(): void {
    this.engine = null;
    this.shared = null;
    this.slots = this.slotsOf(this.configuration);
    this.changed();
  }

  private async free(slot: Slot): Promise<void> {
    // Before the engine unloads it: meanwhile a request may begin to load again.
    const model = slot.release();
    if (!model) return;
    const isShared = this.slots.some((other) => other.model?.loaded.id === model.loaded.id);
    if (!isShared) await model.engine.unload(model.loaded.id);
  }

  /** Whether one model could not be loaded because the other one is there. */
  private isFull(error: unknown): boolean {
    const isOutOfMemory = error instanceof EngineError && error.code === "OutOfMemory";
    return isOutOfMemory && this.slots.some(({ model }) => model !== null);
  }

  private startIdleTimer(): void {
    const minutes = this.configuration.settings.idleUnloadMinutes;
    if (this.idle) clearTimeout(this.idle);
    if (minutes > 0) this.idle = setTimeout(() => this.unload(), minutes * 60_000).unref();
  }
}

/** Equal for slots that load the same models in the same way. */
function keyOf(slots: readonly Slot[]): string {
  return JSON.stringify(slots.map(({ role, chosen, options }) => [role, chosen, options]));
}
