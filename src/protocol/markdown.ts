/**
 * The one way of text into Markdown: every character that is not a letter, a digit or a blank becomes a numeric
 * reference. Markdown decodes references only after it has looked for syntax, so the text can become no markup, table
 * cell, link, address, image, icon or HTML. Line ends become blanks: the result is one line.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/gu, " ")
    .replace(/[^\p{Letter}\p{Number} ]/gu, (character) => `&#${character.codePointAt(0)};`);
}
