import { rowsOf, type TrainingPiece, type TrainRequest } from "../../training";

/** @throws RangeError where a caller has asked for what can't be */
export function checkRequest(request: TrainRequest, vocabularySize: number): void {
  const { weights, learningRate, weightDecay, length, interval, steps, choose, report } = request;
  const isCount = (n: number) => Number.isInteger(n) && n >= 1;
  if (!isCount(length) || !isCount(interval)) throw new RangeError("A length is no count.");
  if (weights !== "all" && !(isCount(weights.rank) && weights.alpha > 0)) {
    throw new RangeError("An adapter has a rank of at least 1, and an alpha above 0.");
  }
  if (!(learningRate > 0) || !(weightDecay >= 0)) throw new RangeError("No such rate.");
  const windows = steps.flat();
  if (steps.length === 0 || steps.some((step) => step.length === 0)) {
    throw new RangeError("A step without a window.");
  }
  for (const { pieces } of [
    ...windows,
    ...[...choose, ...report].map((piece) => ({ pieces: [piece] })),
  ]) {
    const rows = rowsOf(pieces);
    if (rows > length || pieces.length === 0 || !pieces.every(predictsSomething)) {
      throw new RangeError(`A window of ${rows} tokens, of ${length}.`);
    }
    if (pieces.some(({ tokens }) => tokens.some((id) => !(id >= 0 && id < vocabularySize)))) {
      throw new RangeError(`A token that the vocabulary of ${vocabularySize} lacks.`);
    }
  }
}

function predictsSomething({ tokens, scoredStart }: TrainingPiece): boolean {
  return Number.isInteger(scoredStart) && scoredStart >= 1 && scoredStart < tokens.length;
}
