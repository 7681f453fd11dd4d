import { rowsOf, type TrainingPiece, type TrainingWindow } from "../../engine/training";

/** Windows that pieces may still be put into; the oldest is left as it is when there are more, so that time grows with the pieces alone. */
const MOST_OPEN = 64;

/**
 * Puts each piece into the first window that has room for all of it.
 * @param length rows of a window; no piece takes more
 */
export function packPieces(pieces: readonly TrainingPiece[], length: number): TrainingWindow[] {
  const windows: TrainingWindow[] = [];
  let open: OpenWindow[] = [];
  for (const piece of pieces) {
    const needed = rowsOf([piece]);
    let window = open.find(({ room }) => needed <= room);
    if (window === undefined) {
      window = { pieces: [], room: length };
      windows.push(window);
      open = [...open, window].slice(-MOST_OPEN);
    }
    window.pieces.push(piece);
    window.room -= needed;
    if (window.room === 0) open = open.filter(({ room }) => room > 0);
  }
  return windows.map((window) => ({ pieces: window.pieces }));
}

interface OpenWindow {
  readonly pieces: TrainingPiece[];
  /** Rows that are free. */
  room: number;
}
