import type { StatesFile } from "../../states";
import { Backend } from "../llama/backend";
import type { OpenedBuild } from "../llama/builds";
import { allThreads } from "../llama/context";
import { StateReader } from "./stateReader";

/** What a fit reads from, and computes on. */
interface Fitting {
  readonly reader: StateReader;
  readonly processor: Backend;
  /** The model's device; the processor where it is that. */
  readonly device: () => Backend;
}

/** Opens what a fit needs, for as long as it lasts. @throws EngineError `FileUnreadable`, `OutOfMemory` */
export async function fitting<T>(
  { library, device }: OpenedBuild,
  states: StatesFile,
  fit: (using: Fitting) => Promise<T>,
): Promise<T> {
  const opened: { dispose(): void }[] = [];
  const kept = <U extends { dispose(): void }>(resource: U) => {
    opened.push(resource);
    return resource;
  };
  try {
    const reader = kept(StateReader.open(states));
    const processor = kept(Backend.processor(library, allThreads()));
    const other = () => (device === "CPU" ? processor : kept(Backend.graphics(library)));
    return await fit({ reader, processor, device: other });
  } finally {
    for (const resource of opened.reverse()) resource.dispose();
  }
}
