/** Buttons that save what stands beside them, and the place where they say that it went wrong. */
import { element } from "../kit/dom";
import { button } from "../kit/components";
import { toPng } from "./png";
import type { Picture } from "./printForm";
import type { Table } from "./table";
import { toTableCsv } from "./tableCsv";

/** Each resolves when the file is written or not wanted any more, and rejects with what went wrong, in words for the user. */
export interface SaveActions {
  /** `data` is base64 of a PNG. */
  readonly png: (name: string, data: string) => Promise<void>;
  readonly svg: (name: string, text: string) => Promise<void>;
  /** null: figures have no export of their own numbers. */
  readonly csv: ((name: string, text: string) => Promise<void>) | null;
}

export interface SaveButtons {
  readonly buttons: HTMLElement;
  /** What went wrong with the last press; empty: nothing. */
  readonly problem: HTMLElement;
}

/** One for each way to save a figure: as a picture, as a drawing, its numbers. */
export function saveFigureButtons(
  figure: { readonly name: string; readonly title: string },
  picture: () => Picture,
  table: () => Table,
  { png, svg, csv }: SaveActions,
): SaveButtons {
  const { name, title } = figure;
  return saveButtons(title, "quiet", [
    { format: "PNG", save: async () => png(name, await toPng(picture())) },
    { format: "SVG", save: async () => svg(name, picture().svg) },
    ...(csv ? [{ format: "CSV", save: async () => csv(name, toTableCsv(table())) }] : []),
  ]);
}

/** @param title of what is saved, which names the buttons */
export function saveButtons(
  title: string,
  look: "normal" | "quiet",
  ways: readonly { readonly format: string; readonly save: () => Promise<void> }[],
): SaveButtons {
  const problem = element("p", { class: "warning", role: "alert" });
  const buttons = ways.map(({ format, save }) => {
    const press = () => {
      problem.textContent = "";
      save().catch(({ message }: Error) => {
        problem.textContent = `Not saved as ${format}: ${message}`;
      });
    };
    return button(`Save ${format}`, press, look, `Save ${format}: ${title}`);
  });
  return { buttons: element("div", { class: "actions" }, ...buttons), problem };
}
