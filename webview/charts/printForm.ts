/**
 * A figure as it is saved: in the colours of print, with what it shows, whose numbers they are and how it is read, so that
 * it stands alone in a paper.
 */
import { type Attributes, svgElement, svgPicture } from "../kit/dom";
import { PRINT_THEME } from "../kit/printTheme";
import { wrapText } from "./wrapText";

/** A drawing in {@link PRINT_THEME}. */
export interface Drawing {
  readonly root: SVGElement;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** What stands around a drawing. */
export interface PrintWords {
  readonly title: string;
  /** Whose numbers they are and how many there are, a line for each model; text from models and files made visible. */
  readonly subject: readonly string[];
  readonly caption: string;
}

export interface Picture {
  /** The text of an SVG file. */
  readonly svg: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

const MARGIN = 16;
const SMALL = PRINT_THEME.fontSize - 1;
const LARGE = PRINT_THEME.fontSize + 3;

export function printForm({ root, width, height }: Drawing, words: PrintWords): Picture {
  const column = textColumn(width);
  column.write(words.title, { "font-size": String(LARGE), "font-weight": "bold" });
  for (const line of words.subject) column.write(line, SUBJECT);
  const drawing = svgElement(
    "g",
    { transform: `translate(${MARGIN} ${column.skip(height)})` },
    root,
  );
  column.write(words.caption, CAPTION);
  const [fullWidth, fullHeight] = [width + 2 * MARGIN, column.end() + MARGIN];
  const svg = svgPicture(
    fullWidth,
    fullHeight,
    { "font-family": PRINT_THEME.fontFamily, fill: PRINT_THEME.foreground },
    svgElement("title", {}, words.title),
    svgElement("desc", {}, [...words.subject, words.caption].join("\n")),
    svgElement("rect", { width: "100%", height: "100%", fill: PRINT_THEME.background }),
    ...column.lines,
    drawing,
  );
  return { svg: toXml(svg), width: fullWidth, height: fullHeight };
}

const SUBJECT: Attributes = { "font-size": String(SMALL) };
const CAPTION: Attributes = { "font-size": String(SMALL), fill: PRINT_THEME.muted };

/** Lines of text below one another, with room for a drawing between them. */
function textColumn(width: number) {
  const lines: SVGTextElement[] = [];
  let y = MARGIN;
  return {
    lines,
    write: (text: string, attributes: Attributes) => {
      const size = Number(attributes["font-size"]);
      const font = `${attributes["font-weight"] ?? "normal"} ${size}px ${PRINT_THEME.fontFamily}`;
      for (const line of wrapText(text, width, font)) {
        const place = { x: String(MARGIN), y: String(y + size) };
        lines.push(svgElement("text", { ...place, ...attributes }, line));
        y += Math.round(1.4 * size);
      }
    },
    /** Where what is so high begins. */
    skip: (height: number) => {
      const top = y + GAP;
      y = top + height + GAP;
      return top;
    },
    end: () => y,
  };
}

/** Between text and drawing, CSS pixels. */
const GAP = 8;

/** What no XML file can hold takes no file with it. */
function toXml(svg: SVGSVGElement): string {
  return new XMLSerializer().serializeToString(svg).replace(/[\uFFFE\uFFFF]/gu, "\uFFFD");
}
