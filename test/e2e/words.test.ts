import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { wordDocumentSchema } from "../../src/formats/wordDocument";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { runCommand } from "../support/workbench";
import { chooseFile } from "../support/workbenchDialogs";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

const workbench = useWorkbench(() => ({
  folder: folderWith({ "story.md": story }),
  openFile: "story.md",
  machineSettings: { ...pairSettings, "twinlens.words": "boundary" },
}));

async function exported(format: "CSV" | "JSON"): Promise<string> {
  const file = join(workbench().folder, `words.${format.toLowerCase()}`);
  await runCommand(workbench(), `Twinlens: Export Words as ${format}…`);
  await chooseFile(workbench(), file);
  await expect.poll(() => existsSync(file) && readFileSync(file).length > 0).toBe(true);
  return readFileSync(file, "utf8");
}

test("the words of a document are exported, with boundaries where the settings say so", async () => {
  await runCommand(workbench(), "Twinlens: Highlight Document");
  expect(await statusOf(workbench().page, "PPL")).toContain("test pair");
  const document = wordDocumentSchema.parse(JSON.parse(await exported("JSON")));
  const [{ wordList, base, rlhf } = {}] = document.files;
  expect(document.choice).toEqual({ surprisal: "boundary", punctuation: "joined" });
  expect(wordList!.text).toEqual(story.trim().split(/\s+/u));
  for (const role of ["base", "rlhf"] as const) {
    const { bits, boundaryAfter } = wordList![role]!;
    expect(bits.every((value) => value !== null)).toBe(true);
    expect(boundaryAfter!.at(-1)).toBeGreaterThan(0);
  }
  expect(base!.complete && rlhf!.complete).toBe(true);
  const rows = parse<Record<string, string>>(await exported("CSV"), { columns: true });
  expect(rows.map(({ text }) => text)).toEqual(wordList!.text);
  expect(rows.map((row) => Number(row.base_bits))).toEqual(wordList!.base!.bits);
});
