import type { Engine, LoadOptions, ScoringModel } from "../../engine/engine";
import { EngineError, isCancelled } from "../../engine/errors";
import { loadToScore } from "../../jobs/scoring/loadToScore";
import type { Configuration } from "../../protocol/configuration";
import type { ModelsState, ModelState } from "../../protocol/models";
import { type Role, ROLE_NAMES, ROLES } from "../../protocol/roles";
import { fileIdentity, isRewritten } from "./modelHash";
import { SharedWork } from "../jobs/sharedWork";

/** A model in the engine that holds it. */
export interface Model {
  readonly engine: Engine;
  readonly loaded: ScoringModel;
  /** The file it was loaded from, by size and time of change; null: it was gone. */
  readonly file: string | null;
}

/**
 * The pair in use: loaded when first needed, freed after a pause without work, gone with an engine that crashed and
 * loaded again by the next request.
 */
export interface Models {
  /** The models that the pair has. */
  roles(): readonly Role[];
  path(role: Role): string | null;
  state(): ModelsState;
  /** Takes over settings and pair; models that they change are freed. */
  configure(configuration: Configuration): void;
  /** Loads one model, after freeing the other where memory does not hold both. */
  load(role: Role, onProgress?: (fraction: number) => void, signal?: AbortSignal): Promise<Model>;
  /** Loads the pair. False: memory does not hold both; they have to take turns. */
  loadTogether(
    onProgress?: (role: Role, fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<boolean>;
  /** Runs `work`, during which the models are not freed as idle. */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the engine, and with it frees all memory. */
  unload(): void;
}

const TAKING_TURNS =
  "There is not enough memory for both models at once: they are loaded one after the other, which takes longer.";

interface Slot {
  readonly path: string;
  readonly options: LoadOptions;
  status: ModelState["state"];
  error: string | null;
  model: Model | null;
  loading: SharedWork<Model, number> | null;
}

/**
 * @param startEngine begins an engine process; `onCrash` is called when it ends by itself
 * @param onChange called after every change of {@link Models.state}
 */
export function createModels(
  startEngine: (onCrash: () => void) => Engine,
  initial: Configuration,
  onChange: (state: ModelsState) => void,
): Models {
  let configuration = initial;
  let slots = slotsOf(initial);
  let engine: Engine | null = null;
  let takeTurns = false;
  let users = 0;
  let idle: NodeJS.Timeout | null = null;

  const changed = () => onChange(state());

  function state(): ModelsState {
    return {
      pair: configuration.pair.name,
      models: [...slots].map(([role, slot]) => ({
        role,
        path: slot.path,
        state: slot.status,
        facts: slot.model?.loaded.facts ?? null,
        error: slot.error,
      })),
      note: takeTurns ? TAKING_TURNS : null,
    };
  }

  function currentEngine(): Engine {
    if (engine) return engine;
    const started: Engine = startEngine(() => {
      if (engine === started) forgetEngine();
    });
    return (engine = started);
  }

  function forgetEngine(): void {
    engine = null;
    slots = slotsOf(configuration);
    changed();
  }

  function unload(): void {
    takeTurns = false;
    engine?.dispose();
    forgetEngine();
  }

  async function loadInto(
    slot: Slot,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Model> {
    setStatus(slot, "loading");
    try {
      const holder = currentEngine();
      const file = await fileIdentity(slot.path);
      const loaded = await loadToScore(holder, slot.path, { ...slot.options, onProgress, signal });
      slot.model = { engine: holder, loaded, file };
      setStatus(slot, "loaded");
      return slot.model;
    } catch (error) {
      if (isCancelled(error)) setStatus(slot, "unloaded");
      else setStatus(slot, "failed", error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  function setStatus(slot: Slot, status: Slot["status"], error: string | null = null): void {
    slot.status = status;
    slot.error = error;
    changed();
  }

  async function free(slot: Slot): Promise<void> {
    const model = slot.model;
    if (!model) return;
    slot.model = null;
    // At once: while the engine unloads, a request may begin to load again.
    setStatus(slot, "unloaded");
    const shared = [...slots.values()].some((other) => other.model?.loaded.id === model.loaded.id);
    if (!shared) await model.engine.unload(model.loaded.id);
  }

  function slotOf(role: Role): Slot {
    const slot = slots.get(role);
    if (slot) return slot;
    throw new EngineError("FileVanished", `The pair has no ${ROLE_NAMES[role]} model.`);
  }

  async function load(
    role: Role,
    onProgress?: (fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<Model> {
    const slot = slotOf(role);
    const { model } = slot;
    if (model && !(await isRewritten(slot.path, model.file)) && slot.model === model) return model;
    if (slot.model) await free(slot);
    if (takeTurns) {
      for (const other of slots.values()) if (other !== slot) await free(other);
    }
    return join(slot, onProgress, signal);
  }

  /** Waits for the load that is under way, or begins one. */
  function join(
    slot: Slot,
    onProgress: ((fraction: number) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Model> {
    const before = slot.loading;
    if (before === null || before.isOver) {
      slot.loading = new SharedWork(async (tell, stop) => {
        await before?.ended;
        return loadInto(slot, tell, stop);
      });
    }
    return slot.loading!.join(onProgress, signal);
  }

  async function loadTogether(
    onProgress?: (role: Role, fraction: number) => void,
    signal?: AbortSignal,
  ): Promise<boolean> {
    for (const role of takeTurns ? [] : slots.keys()) {
      try {
        await load(role, (fraction) => onProgress?.(role, fraction), signal);
      } catch (error) {
        const other = [...slots.values()].some((slot) => slot.model !== null);
        if (!(error instanceof EngineError && error.code === "OutOfMemory" && other)) throw error;
        takeTurns = true;
        setStatus(slotOf(role), "unloaded");
      }
    }
    return !takeTurns;
  }

  function startIdleTimer(): void {
    const minutes = configuration.settings.idleUnloadMinutes;
    if (minutes > 0) idle = setTimeout(unload, minutes * 60_000).unref();
  }

  return {
    roles: () => [...slots.keys()],
    path: (role) => slots.get(role)?.path ?? null,
    state,
    configure(next) {
      const old = slotKeys(slots);
      configuration = next;
      const wanted = slotsOf(next);
      if (slotKeys(wanted) !== old) unload();
      else changed();
    },
    load,
    loadTogether,
    async use(work) {
      users++;
      if (idle) clearTimeout(idle);
      try {
        return await work();
      } finally {
        if (--users === 0) startIdleTimer();
      }
    },
    unload,
  };
}

function slotsOf({ pair, settings }: Configuration): Map<Role, Slot> {
  const options: LoadOptions = {
    gpu: settings.gpu,
    window: settings.window,
    batch: 0,
    compatible: settings.compatible,
    windowMemoryBytes: settings.windowMemoryMB * 1024 * 1024,
  };
  const slots = new Map<Role, Slot>();
  for (const role of ROLES) {
    const path = pair[role];
    if (path === null) continue;
    slots.set(role, { path, options, status: "unloaded", error: null, model: null, loading: null });
  }
  return slots;
}

/** Equal for slots that load the same models in the same way. */
function slotKeys(slots: ReadonlyMap<Role, Slot>): string {
  return JSON.stringify([...slots].map(([role, { path, options }]) => [role, path, options]));
}
