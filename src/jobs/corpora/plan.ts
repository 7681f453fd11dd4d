import { field } from "../files/values";
import { columnsOf, guessColumn, listed } from "./column";
import type { CorpusSettings, Shape } from "./corpus";
import { CorpusError } from "./faults";
import { SHAPES, type TurnShape } from "./shapes";

/** How the records of a file become documents. */
export interface Plan {
  readonly rendering: Shape;
  /** With the text; null: records are texts themselves, or what is read is in several. */
  readonly column: string | null;
}

/**
 * @param head the file's first records
 * @throws CorpusError where no record has what is asked for; it says what they have
 */
export function planFor(head: readonly unknown[], settings: CorpusSettings, name: string): Plan {
  const { column, rendering } = settings;
  if (column !== null) return planForColumn(head, column, name);
  if (rendering === "text" || head.length === 0) return planForText(head, name);
  const countOf = (shape: TurnShape) =>
    head.filter((record) => SHAPES[shape].turns(record, settings.side) !== null).length;
  if (rendering === "auto") {
    const shape = TURN_SHAPES.find((one) => 2 * countOf(one) >= head.length);
    return shape === undefined ? planForText(head, name) : { rendering: shape, column: null };
  }
  if (countOf(rendering) > 0) return { rendering, column: null };
  throw new CorpusError(`${name} has no records of the shape "${rendering}". ${columnsText(head)}`);
}

const TURN_SHAPES = Object.keys(SHAPES) as TurnShape[];

function planForColumn(head: readonly unknown[], column: string, name: string): Plan {
  const isThere = head.some((record) => field(record, column) !== undefined);
  if (isThere || head.length === 0) return { rendering: "text", column };
  throw new CorpusError(`${name} has no column "${column}". ${columnsText(head)}`);
}

function planForText(head: readonly unknown[], name: string): Plan {
  if (head.length === 0 || head.some((record) => typeof record === "string")) {
    return { rendering: "text", column: null };
  }
  const column = guessColumn(head);
  if (column !== null) return { rendering: "text", column };
  throw new CorpusError(`${name} has no column with texts. ${columnsText(head)}`);
}

function columnsText(head: readonly unknown[]): string {
  const names = [...new Set(head.flatMap(columnsOf))];
  return names.length === 0 ? "Its records have no columns." : `It has ${listed(names)}.`;
}
