// How slow this machine is: time-outs of tests are multiplied by it.
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";

const STEPS = 3.6e7;
/** What these steps take on the machine that the time-outs were chosen on, when it is idle, ms. */
const REFERENCE_MS = 200;
/** Engine, server, editor and browser use this many cores at once. */
const REFERENCE_CORES = 2;
/** A test that hangs must end eventually. */
const MOST = 6;

/**
 * How many times as slow as the reference this machine is now, 1 to 6: a slower processor, fewer cores, or others'
 * work. Measured at most once; processes started from here inherit the number in their environment.
 */
export function slowness() {
  process.env.TWINLENS_SLOWNESS ??= measure().toFixed(2);
  return within(Number(process.env.TWINLENS_SLOWNESS));
}

/**
 * A time-out as this machine needs it.
 * @param {number} ms what is enough on an idle machine of two cores
 */
export function patience(ms) {
  return Math.round(ms * slowness());
}

function measure() {
  spin(STEPS / 20);
  const start = performance.now();
  spin(STEPS);
  const ratio = (performance.now() - start) / REFERENCE_MS;
  return within(ratio * Math.max(1, REFERENCE_CORES / availableParallelism()));
}

function within(slowness) {
  return Math.min(MOST, Math.max(1, Number.isFinite(slowness) ? slowness : 1));
}

/** Arithmetic and memory beyond a core's own caches, like most of what runs here. */
function spin(steps) {
  const values = new Float64Array(1 << 18);
  let state = 1;
  for (let i = 0; i < steps; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[state & (values.length - 1)] += Math.sqrt(state);
  }
  return values[0];
}
