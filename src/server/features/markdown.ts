import { escapeMarkdown } from "../../protocol/markdown";

/**
 * A link that runs a command. Its arguments are numbers, names of roles and the document's URI, never text of a
 * model: `encodeURIComponent` leaves only letters, digits and `-_.!~*'()`, of which the last six are encoded as well
 * because some of them end a link's target.
 */
export function commandLink(
  label: string,
  command: string,
  argumentList: readonly (string | number)[],
  title: string,
): string {
  const encoded = encodeURIComponent(JSON.stringify(argumentList)).replace(
    /[!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `[${escapeMarkdown(label)}](command:${command}?${encoded} "${escapeMarkdown(title)}")`;
}

/** A table; cells are Markdown already. The first row is the head. VS Code sets columns so near that they touch. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(`${GAP} | `)} |`;
  return [line(head), `|${" :-- |".repeat(head.length)}`, ...body.map(line)].join("\n");
}

/** A blank that Markdown keeps, and at which no line breaks. */
export const BLANK = "&#160;";
const GAP = BLANK.repeat(2);
