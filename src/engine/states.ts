/** Hidden states of a model: how they are asked for, and how they stand in a file. */

/** A text as it is decoded, and from where on its states are kept. */
export interface StatesWindow {
  /** BOS or a prompt first; one of these at least. */
  readonly tokens: Int32Array;
  /** Number of the first token whose state is kept; all from there on are. */
  readonly start: number;
}

export interface StatesRequest {
  readonly model: number;
  /** Each is a text of its own. */
  readonly windows: readonly StatesWindow[];
  /** Layers whose output is kept, counted from 1; 0: the embedding of the token alone. Each once, any order. */
  readonly layers: readonly number[];
  /** Where they are written; the file is made anew, for its owner alone. */
  readonly path: string;
}

/**
 * A file of states: 16-bit floats, `[layer][row][dimension]`, without a head. Rows are the kept tokens of all windows, in order.
 * What a 16-bit float can't hold is cut to the largest that it can.
 */
export interface StatesFile {
  readonly path: string;
  /** As asked for. */
  readonly layers: readonly number[];
  readonly rows: number;
  readonly dimensions: number;
}

/** What a model expected after each kept token of a window. */
export interface StatesRows {
  /** Number of the window. */
  readonly window: number;
  /** The most probable next token, of equal ones the first, `[row]`. */
  readonly firstChoice: Int32Array;
  /** Of the token that does stand next, nats; NaN behind the window's last token. `[row]` */
  readonly logProbability: Float64Array;
}
