import type { ExpectAheadRequest, ExpectedAhead } from "../../probes";
import { Backend } from "../llama/backend";
import { allThreads } from "../llama/context";
import type { StatesOptions } from "../llama/states";
import type { Resident } from "../resident";
import { Decoder, decodeCost, type RowSource } from "./decoder";
import { widen } from "./halves";
import { type KeptProbe, readKeptProbe, unreadable } from "./keptProbeReader";
import { standardise } from "./standardised";
import { Work } from "./work";

/**
 * As `Engine.expectAhead`: on the processor, as probes are fitted.
 * @throws EngineError `ProbeUnreadable`, `NoHiddenStates`, `ContextTooSmall`, `OutOfMemory`, `Cancelled`
 */
export async function expectAhead(
  resident: Resident,
  { probe: path, window }: ExpectAheadRequest,
  options: StatesOptions,
): Promise<ExpectedAhead> {
  const { build, model } = resident;
  const probe = readKeptProbe(path);
  const { layers, dimensions } = model.shape;
  const vocabularySize = model.vocabulary.attributes.length;
  const isOfModel =
    probe.dimensions === dimensions &&
    probe.layer <= layers &&
    probe.tokens.every((token) => token >= 0 && token < vocabularySize);
  if (!isOfModel) throw unreadable(path, `it was trained for another model than ${model.name}`);
  const states = await resident.statesOf(probe.layer, window, options);
  const processor = Backend.processor(build.library, allThreads());
  try {
    return await predict(probe, states, processor, options);
  } finally {
    processor.dispose();
  }
}

async function predict(
  { dimensions, classes, scale, tokens, maps }: KeptProbe,
  states: Uint16Array,
  processor: Backend,
  options: StatesOptions,
): Promise<ExpectedAhead> {
  const rows = Uint32Array.from({ length: states.length / dimensions }, (_, row) => row);
  const source: RowSource = {
    read(block, out) {
      const start = block[0]! * dimensions;
      const length = block.length * dimensions;
      widen(states.subarray(start, start + length), out);
      standardise(out.subarray(0, length), scale);
    },
  };
  const shape = { dimensions, outputs: classes, choices: classes, rows: rows.length };
  const total = maps.length * decodeCost(rows.length, shape);
  const work = new Work(total, { ...options, onProgress: () => undefined });
  const decoder = new Decoder(processor, { ...shape, values: (_, outputs) => outputs });
  try {
    const expected: Int32Array[] = [];
    for (const map of maps) {
      decoder.load(map);
      const chosen = await decoder.decode(source, rows, work);
      expected.push(chosen.map((of) => tokens[of]!));
    }
    return expected;
  } finally {
    decoder.dispose();
  }
}
