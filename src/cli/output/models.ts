/** Models that lie on this machine, and those of catalogues, as the command line writes them. */
import { formatBytes, visibleText } from "../../analysis/presentation/format";
import { sourceText } from "../../formats/catalog/source";
import type { Fit, ModelFileFacts, OfferedModel, OfferedPair } from "../../protocol/modelFiles";
import type { KnownModels, NamedModel } from "../models/known";
import { alignColumns } from "./columns";

/** What is here, what was begun, pairs, and all models of catalogues. */
export function toModelsTable(known: KnownModels): string {
  const { here, begun, pairs, models, folder, freeBytes } = known;
  const free = freeBytes === null ? "" : `, ${formatBytes(freeBytes)} free`;
  const parts = [
    section(
      "On this machine",
      ["name", "size", "owner", "last used", "path"],
      here.map(hereRow),
      1,
    ),
    section("Begun: the same get goes on with it", ["source", "size"], begun.map(begunRow)),
    section(
      "Pairs that can be fetched",
      ["name", "size", "this machine", "models", "licence"],
      pairs.map(pairRow),
      1,
    ),
    section(
      "Models that can be fetched",
      ["name", "stage", "size", "licence", ""],
      models.map(modelRow),
      2,
    ),
    models.some(({ caution }) => caution !== null)
      ? ["* not all of it was confirmed: get says what"]
      : [],
    [`Models are kept in ${visibleText(folder)}${free}.`],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** @param numberAt the column whose cells end in one place */
function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numberAt = 1,
): string[] {
  if (rows.length === 0) return [];
  const shown = [head, ...rows].map((row) => row.map(visibleText));
  const padded = padColumn(shown, numberAt);
  return [title, ...alignColumns(padded).map((line) => `  ${line}`.trimEnd())];
}

/** The column's cells end in one place, and so begin in one. */
function padColumn(rows: readonly (readonly string[])[], at: number): string[][] {
  const widest = Math.max(...rows.map((row) => row[at]?.length ?? 0));
  return rows.map((row) => row.map((cell, i) => (i === at ? cell.padStart(widest) : cell)));
}

function hereRow({ name, bytes, owner, lastUsed, path }: ModelFileFacts): string[] {
  return [name, formatBytes(bytes), owner, lastUsed === null ? "–" : dayOf(lastUsed), path];
}

/** `2026-11-28`, where the user is. */
function dayOf(time: number): string {
  return new Date(time).toLocaleDateString("sv-SE");
}

function begunRow({ source, bytes, total }: KnownModels["begun"][number]): string[] {
  const of = total === null ? "" : ` of ${formatBytes(total)}`;
  return [sourceText(source), formatBytes(bytes) + of];
}

const FIT_WORDS: Readonly<Record<Fit, string>> = {
  together: "fits",
  inTurns: "fits one after the other",
  tooLarge: "too large",
};

function pairRow({ name, base, rlhf, fit }: OfferedPair): string[] {
  const both = base.licence === rlhf.licence ? [base.licence] : [base.licence, rlhf.licence];
  const isHere = base.path !== null && rlhf.path !== null;
  return [
    name,
    formatBytes(base.bytes + rlhf.bytes),
    FIT_WORDS[fit],
    `${marked(base)} and ${marked(rlhf)}${isHere ? " (here)" : ""}`,
    both.join("; "),
  ];
}

function modelRow(model: OfferedModel): string[] {
  const { stage, bytes, licence, isGated, path } = model;
  const notes = [...(path === null ? [] : ["here"]), ...(isGated ? ["wants a token"] : [])];
  return [marked(model), stage, formatBytes(bytes), licence, notes.join(", ")];
}

function marked({ name, caution }: OfferedModel): string {
  return caution === null ? name : `${name}*`;
}

/** All that the table is made of. */
export function toModelsJson(known: KnownModels): string {
  const { here, begun, pairs, models, problems, folder, freeBytes } = known;
  const parts = begun.map(({ source, bytes, total }) => ({
    source: sourceText(source),
    bytes,
    total,
  }));
  const all = { folder, freeBytes, here, begun: parts, pairs, models, problems };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** A model that is about to be fetched. */
export interface PlannedModel extends NamedModel {
  /** Of all its files; null: neither the hub nor a catalogue says. */
  readonly bytes: number | null;
}

/** What would be fetched, under which licences, and what is not sure of it. */
export function planText(models: readonly PlannedModel[], known: KnownModels): string {
  const rows = models.map((model) => [
    model.name,
    model.bytes === null ? "size not known" : formatBytes(model.bytes),
    licenceText(model, known.hub),
    `from ${sourceText(model.source)}`,
  ]);
  const free = known.freeBytes === null ? "" : ` (${formatBytes(known.freeBytes)} free)`;
  const cautions = models.flatMap(({ name, known: entry }) =>
    entry?.caution === undefined ? [] : [`${name}: ${entry.caution}`],
  );
  return [
    `To be fetched into ${known.folder}${free}:`,
    ...alignColumns(padColumn(rows, 1)).map((line) => `  ${line.trimEnd()}`),
    ...cautions,
  ]
    .map((line) => `${visibleText(line)}\n`)
    .join("");
}

function licenceText({ known, source }: NamedModel, hub: string): string {
  if (known !== null) {
    return known.licenceUrl === undefined
      ? known.licence
      : `${known.licence} (${known.licenceUrl})`;
  }
  return source.kind === "hub"
    ? `licence: see ${hub}/${source.user}/${source.repository}`
    : "licence not known";
}
