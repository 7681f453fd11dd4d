import { cost, type Work } from "./work";

/** Multiplications and additions between two steps, some 50 ms. */
const STEP = 2e7;
/** Of the mean diagonal element, added where rounding leaves a matrix not positive definite; then ten times as much, until it is. */
const FIRST_JITTER = 1e-9;

/**
 * L^-1 of the Cholesky decomposition LL' = `gram` + lambda I, `[row][column]`; the upper triangle is 0. In 64-bit floats: takes d^3 / 3
 * multiplications and additions.
 * @param gram symmetric, positive semidefinite but for rounding
 * @throws EngineError `Cancelled`
 */
export async function inverseFactor(
  gram: Float64Array,
  lambda: number,
  work: Work,
): Promise<Float64Array> {
  const size = Math.sqrt(gram.length);
  let jitter = 0;
  for (;;) {
    const matrix = gram.slice();
    for (let i = 0; i < size; i++) matrix[i * size + i]! += lambda + jitter;
    if (await decompose(matrix, size, work)) {
      await invert(matrix, size, work);
      return matrix;
    }
    jitter = jitter * 10 || FIRST_JITTER * (lambda + meanDiagonal(gram, size));
  }
}

export function inverseFactorCost(size: number): number {
  return cost.script((size * (size - 1) * (2 * size - 1)) / 6);
}

/** Puts L into the lower triangle, row by row. False: a pivot is not positive. */
async function decompose(matrix: Float64Array, size: number, work: Work): Promise<boolean> {
  let operations = 0;
  for (let i = 0; i < size; i++) {
    const row = matrix.subarray(i * size, i * size + i + 1);
    for (let j = 0; j < i; j++) {
      const other = matrix.subarray(j * size, j * size + j + 1);
      row[j] = (row[j]! - dot(row, other, j)) / other[j]!;
    }
    const pivot = row[i]! - dot(row, row, i);
    if (!(pivot > 0)) return false;
    row[i] = Math.sqrt(pivot);
    operations += (i * i) / 2;
    if (operations > STEP || i === size - 1) {
      await work.step(cost.script(operations));
      operations = 0;
    }
  }
  return true;
}

/** Puts L^-1 in place of L: a row of it is a sum of the rows above, each by L's element in its column. */
async function invert(matrix: Float64Array, size: number, work: Work): Promise<void> {
  let operations = 0;
  for (let i = 0; i < size; i++) {
    const row = matrix.subarray(i * size, (i + 1) * size);
    const factors = row.slice(0, i);
    const scale = 1 / row[i]!;
    row.fill(0);
    for (let k = 0; k < i; k++) {
      addMultiple(row, -scale * factors[k]!, matrix.subarray(k * size, k * size + k + 1));
    }
    row[i] = scale;
    operations += (i * i) / 2;
    if (operations > STEP || i === size - 1) {
      await work.step(cost.script(operations));
      operations = 0;
    }
  }
}

/** Of the first `length` elements; four sums, as each addition waits for the one before. */
function dot(a: Float64Array, b: Float64Array, length: number): number {
  const whole = length - (length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (let k = whole; k < length; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + (s2 + s3);
}

function addMultiple(target: Float64Array, factor: number, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) target[k]! += factor * values[k]!;
}

function meanDiagonal(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += matrix[i * size + i]!;
  return sum / size;
}
