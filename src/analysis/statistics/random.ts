/** Uniform in [0, 1), 32 bits fine. Not for secrets. */
export type Generator = () => number;

/** Numbers from a seed, for drawing from data. */
export function seededRandom(seed: number): Generator {
  const next = splitmix32(seed | 0);
  return () => next() / 2 ** 32;
}

/**
 * The generator of sample `index` under `seed`: sfc32 (Chris Doty-Humphrey's small fast counting generator, PractRand),
 * its state filled by splitmix32 from both numbers, so that neighbouring samples share nothing.
 */
export function sampleGenerator(seed: number, index: number): Generator {
  const mix = splitmix32((splitmix32(seed | 0)() ^ Math.imul(index + 1, 0x9e3779b1)) | 0);
  let a = mix() | 0;
  let b = mix() | 0;
  let c = mix() | 0;
  let counter = 1;
  const next = () => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return (result >>> 0) / 2 ** 32;
  };
  // The first outputs still show the seed.
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** splitmix32 (Steele, Lea & Flood 2014, 32 bits wide): a bijective mixer over a counter; 32-bit unsigned outputs. */
function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}
