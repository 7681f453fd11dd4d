/** States as they are in a file, `[row][dimension]`. */
export interface ReferenceStates {
  readonly values: Float32Array;
  readonly dimensions: number;
}

/**
 * Ridge regression by the textbook: normal equations of standardised states and centred targets, solved by Gauss and Jordan, all in
 * 64-bit floats. Gives what is predicted of a row.
 * @param target of a row
 */
export function ridgeReference(
  states: ReferenceStates,
  fit: Uint32Array,
  target: (row: number) => Float64Array,
  lambda: number,
): (row: number) => Float64Array {
  const d = states.dimensions;
  const row = standardised(states, fit);
  const outputs = target(fit[0]!).length;
  const gram = Array.from({ length: d }, () => new Float64Array(d));
  const products = Array.from({ length: d }, () => new Float64Array(outputs));
  const means = new Float64Array(outputs);
  for (const r of fit) target(r).forEach((value, c) => (means[c]! += value / fit.length));
  for (const r of fit) {
    const x = row(r);
    const y = target(r);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) gram[i]![j]! += x[i]! * x[j]!;
      for (let c = 0; c < outputs; c++) products[i]![c]! += x[i]! * (y[c]! - means[c]!);
    }
  }
  for (let i = 0; i < d; i++) gram[i]![i]! += lambda;
  eliminate(gram, products);
  return (r) => {
    const x = row(r);
    return means.map((mean, c) => x.reduce((sum, xi, i) => sum + xi * products[i]![c]!, mean));
  };
}

/** Number of the largest, of equal ones the first. */
export function largest(values: ArrayLike<number>): number {
  let found = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[found]!) found = i;
  return found;
}

function standardised(
  { values, dimensions: d }: ReferenceStates,
  fit: Uint32Array,
): (row: number) => Float64Array {
  const column = (i: number) => Float64Array.from(fit, (r) => values[r * d + i]!);
  const moments = Array.from({ length: d }, (_, i) => {
    const all = column(i);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    return { mean, sd: Math.sqrt(variance) };
  });
  return (r) =>
    Float64Array.from(moments, ({ mean, sd }, i) =>
      sd > 1e-9 ? (values[r * d + i]! - mean) / sd : 0,
    );
}

/** Makes `matrix` the unit matrix by steps that make `right` the solution; pivots are the largest of their columns. */
function eliminate(matrix: Float64Array[], right: Float64Array[]): void {
  const size = matrix.length;
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let j = i; j < size; j++) {
      if (Math.abs(matrix[j]![i]!) > Math.abs(matrix[pivot]![i]!)) pivot = j;
    }
    for (const rows of [matrix, right]) [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    const scale = 1 / matrix[i]![i]!;
    for (const rows of [matrix, right]) rows[i] = rows[i]!.map((value) => value * scale);
    for (let j = 0; j < size; j++) {
      const factor = matrix[j]![i]!;
      if (j === i || factor === 0) continue;
      for (const rows of [matrix, right]) {
        const [from, to] = [rows[i]!, rows[j]!];
        for (let k = 0; k < from.length; k++) to[k]! -= factor * from[k]!;
      }
    }
  }
}
