/**
 * A canvas context whose drawing becomes SVG, so that chart.js draws vectors: the browser's own context keeps the state
 * (colours, fonts, transforms, what is saved), and whatever is painted becomes an element with that state written out.
 * It does what charts ask for; anything else throws, as it would be missing from the picture.
 */
import { type Attributes, svgElement } from "../../kit/dom";
import { fillOf, strokeOf, textOf, transformOf } from "./paint";
import { rectangleData, SvgPath } from "./path";

export interface SvgContext {
  readonly context: CanvasRenderingContext2D;
  /** What has been drawn so far. */
  readonly root: SVGGElement;
}

/**
 * @param canvas of the picture's size; nothing is drawn on it
 * @param name begins the ids in the picture, which must be unique where several pictures stand on one page
 */
export function svgContext(canvas: HTMLCanvasElement, name: string): SvgContext {
  const state = canvas.getContext("2d");
  if (!state) throw new Error("The browser gives no canvas to measure text with.");
  const root = svgElement("g");
  const recorded: Readonly<Record<string | symbol, unknown>> = recorder(state, root, name);
  const context = new Proxy(state, {
    get: (_, key) => {
      if (Object.hasOwn(recorded, key)) return recorded[key];
      const value: unknown = Reflect.get(state, key, state);
      if (typeof value !== "function") return value;
      if (KEPT.has(key)) return value.bind(state) as unknown;
      throw new Error(`A picture can't have what ${String(key)} draws.`);
    },
    set: (_, key, value) => Reflect.set(state, key, value, state),
  });
  return { context, root };
}

/** What the browser's context does itself. */
const KEPT: ReadonlySet<string | symbol> = new Set<keyof CanvasRenderingContext2D>([
  "getLineDash",
  "measureText",
  "resetTransform",
  "rotate",
  "scale",
  "setLineDash",
  "setTransform",
  "translate",
]);

const OPAQUE_PATH = "A picture can't have a path that only the browser can read.";

type Box = [x: number, y: number, width: number, height: number];

function recorder(state: CanvasRenderingContext2D, root: SVGGElement, name: string) {
  const path = new SvgPath();
  const clips = clipping(root, name);
  /** The newest element, where it is a filled path. */
  let filled: { readonly data: string; readonly element: SVGElement } | null = null;

  const add = (element: SVGElement) => {
    clips.append(element);
    filled = null;
  };
  const fill = (data: string, paint: Attributes | null) => {
    if (data === "" || paint === null) return;
    const element = svgElement("path", { d: data, ...paint, ...transformOf(state) });
    add(element);
    filled = { data, element };
  };
  const stroke = (data: string, paint: Attributes | null) => {
    if (data === "" || paint === null) return;
    if (filled?.data !== data) {
      return add(svgElement("path", { d: data, fill: "none", ...paint, ...transformOf(state) }));
    }
    // Inside and rim of one shape.
    for (const [key, value] of Object.entries(paint)) filled.element.setAttribute(key, value);
    filled = null;
  };

  return {
    beginPath: () => path.begin(),
    closePath: () => path.close(),
    moveTo: (x: number, y: number) => path.moveTo(x, y),
    lineTo: (x: number, y: number) => path.lineTo(x, y),
    quadraticCurveTo: (...points: number[]) => path.curveTo("Q", ...points),
    bezierCurveTo: (...points: number[]) => path.curveTo("C", ...points),
    rect: (...box: Box) => path.rectangle(...box),
    ellipse: (...ellipse: Parameters<SvgPath["ellipse"]>) => path.ellipse(...ellipse),
    arc: (
      x: number,
      y: number,
      radius: number,
      ...angles: [start: number, end: number, isCounterclockwise?: boolean]
    ) => path.ellipse(x, y, radius, radius, 0, ...angles),

    fill: (rule: CanvasFillRule | Path2D = "nonzero") => {
      if (typeof rule !== "string") throw new Error(OPAQUE_PATH);
      const paint = fillOf(state);
      fill(path.data, paint && { ...paint, ...(rule !== "nonzero" && { "fill-rule": rule }) });
    },
    stroke: (other?: Path2D) => {
      if (other) throw new Error(OPAQUE_PATH);
      stroke(path.data, strokeOf(state));
    },
    fillRect: (...box: Box) => fill(rectangleData(...box), fillOf(state)),
    strokeRect: (...box: Box) => stroke(rectangleData(...box), strokeOf(state)),
    fillText: (text: string, x: number, y: number, maxWidth = Infinity) => {
      const paint = fillOf(state);
      if (paint === null) return;
      const attributes = { ...textOf(state, text, x, y, maxWidth), ...paint };
      add(svgElement("text", { ...attributes, ...transformOf(state) }, text));
    },
    /** Charts clear nothing but the whole canvas, before they draw themselves. */
    clearRect: () => {
      clips.clear();
      filled = null;
    },

    clip: () => clips.add(path.data, transformOf(state)),
    save: () => {
      clips.save();
      state.save();
    },
    restore: () => {
      clips.restore();
      state.restore();
    },
  };
}

/** Puts elements into groups, one for each clipping path that elements in a row have in common. */
function clipping(root: SVGGElement, name: string) {
  /** An id; empty: everything is seen. */
  let current = "";
  const saved: string[] = [];
  let count = 0;
  const attribute = (id: string): Attributes => (id === "" ? {} : { "clip-path": `url(#${id})` });
  let group = { id: "", element: root };
  return {
    append: (element: SVGElement) => {
      if (current === "") group = { id: "", element: root };
      else if (current !== group.id) {
        // An element's own transform would move what clips it.
        group = { id: current, element: svgElement("g", attribute(current)) };
        root.append(group.element);
      }
      group.element.append(element);
    },
    /** From now on only what is inside this path as well is seen. */
    add: (data: string, transform: Attributes) => {
      const id = `${name}-clip-${count++}`;
      const shape = svgElement("path", { d: data, ...transform });
      root.append(svgElement("clipPath", { id, ...attribute(current) }, shape));
      current = id;
    },
    clear: () => {
      root.replaceChildren();
      group = { id: "", element: root };
    },
    save: () => saved.push(current),
    restore: () => {
      current = saved.pop() ?? "";
    },
  };
}
