import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import { type QuickPickItem, Uri, window, workspace } from "vscode";
import { formatNumber, plainLabel, shortened } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import type { Role } from "../../protocol/roles";
import { RunRequest } from "../../protocol/runs";
import {
  type GroupCount,
  PROMPT_START,
  type SampleGroup,
  type SamplesFile,
  type SamplesSurvey,
  type Sides,
} from "../../protocol/sampleFiles";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { nameSet, savedEntry } from "../runs/savedRuns";
import { waitWithCancel } from "../window/waitWithCancel";

const TITLE = "Import Samples";

/** Imports samples from a file, whoever wrote them: no model runs. */
export async function importSamples(app: App, server: Server): Promise<void> {
  const uri = await chooseFile();
  if (!uri) return;
  if (uri.path.endsWith(".twinlens.json")) return app.runs.import(uri);
  await withFile(app, uri, async (file) => {
    const found = await survey(server, file);
    if (found === undefined) return;
    if (found === null) return app.runs.import(uri);
    const sides = await chooseSides(found.survey);
    const prompts = sides && (await choosePrompts(found.survey));
    if (sides && prompts) await keepRuns(app, server, { ...found, sides, prompts });
  });
}

interface Chosen extends Surveyed {
  readonly sides: Sides;
  /** By their places in the file. */
  readonly prompts: readonly number[];
}

/** Keeps a run for each prompt, several as a set, and opens the first. */
async function keepRuns(app: App, server: Server, chosen: Chosen): Promise<void> {
  const { file, survey: found, sides, prompts } = chosen;
  const uris = app.runs.newFiles(prompts.length);
  const runs = prompts.map((prompt, i) => ({ prompt, file: uris[i]!.fsPath }));
  const set = runs.length === 1 ? null : Uri.joinPath(uris[0]!, "..");
  try {
    const written = await waitWithCancel(`Importing ${count(runs.length, "run")}`, (token) =>
      server.request(RunRequest.importSamples, { file, sides, runs }, token),
    );
    const first = runs.findIndex((run) => run.file === written[0]);
    if (first < 0) throw new Error("The chosen prompts have no samples of that kind.");
    if (set) await nameSet(set, file.name, new Date().toISOString());
    app.runs.open(uris[first]!, titleOf(found.prompts[prompts[first]!]!.prompt));
  } catch (error) {
    // A set is imported whole or not at all; there may be no folder yet.
    if (set) await workspace.fs.delete(set, { recursive: true }).then(undefined, () => undefined);
    throw error;
  } finally {
    app.runsView.refresh();
  }
}

/** Puts samples from a file into the place of a model that a run has none of. */
export async function addSamples(app: App, server: Server, entry?: unknown): Promise<void> {
  const run = savedEntry(entry);
  if (run?.kind !== "run") return;
  const [role] = run.missing;
  if (role === undefined) return;
  const uri = await chooseFile();
  if (!uri) return;
  await withFile(app, uri, async (file) => {
    const found = await survey(server, file);
    if (found === null) throw new Error(`${file.name} is a run, not a file of samples.`);
    if (found === undefined) return;
    const place = await choosePrompt(found.survey, run.prompt);
    const group = place === undefined ? null : await chooseGroup(found.survey, role, false);
    if (place === undefined || !group) return;
    const samples = { file: found.file, prompt: place, group };
    await server.request(RunRequest.addSamples, { run: run.uri.fsPath, role, ...samples });
    app.runs.open(run.uri, run.name);
  });
}

async function chooseFile(): Promise<Uri | undefined> {
  const [file] =
    (await window.showOpenDialog({
      title: TITLE,
      filters: { "Samples or runs": ["jsonl", "json", "txt"], "All files": ["*"] },
    })) ?? [];
  return file;
}

/** The server reads files of the disk; one from elsewhere is there as a copy as long as it is needed. */
async function withFile(
  { storage }: App,
  uri: Uri,
  work: (file: SamplesFile) => Promise<void>,
): Promise<void> {
  const name = posix.basename(uri.path);
  if (uri.scheme === "file") return work({ path: uri.fsPath, name, encoding: null });
  const copy = Uri.joinPath(storage, `import-${randomUUID()}`);
  await workspace.fs.writeFile(copy, await workspace.fs.readFile(uri));
  try {
    await work({ path: copy.fsPath, name, encoding: null });
  } finally {
    await workspace.fs.delete(copy);
  }
}

interface Surveyed {
  /** With the encoding that the user has chosen. */
  readonly file: SamplesFile;
  readonly survey: SamplesSurvey;
}

/** @returns what the file holds; null: a run, undefined: the user wants no more of it */
async function survey(server: Server, file: SamplesFile): Promise<Surveyed | null | undefined> {
  const found = await waitWithCancel(`Reading ${file.name}`, (token) =>
    server.request(RunRequest.surveySamples, file, token),
  );
  if (found === null) return null;
  if (found.fault === null) return { file, survey: found };
  const [choose, keep] = ["Choose Encoding…", "Import Anyway"];
  const answer = await window.showWarningMessage(notificationText(found.fault), choose, keep);
  if (answer === keep) return { file, survey: found };
  const encoding = answer === choose ? await chooseEncoding() : undefined;
  return encoding === undefined ? undefined : survey(server, { ...file, encoding });
}

/** Labels of the Encoding Standard, with what they are used for. */
const ENCODINGS = [
  { label: "windows-1252", description: "Western European" },
  { label: "utf-16le", description: "Unicode, Windows" },
  { label: "utf-16be", description: "Unicode" },
  { label: "windows-1250", description: "Central European" },
  { label: "windows-1251", description: "Cyrillic" },
  { label: "koi8-r", description: "Russian" },
  { label: "gb18030", description: "Chinese" },
  { label: "big5", description: "Traditional Chinese" },
  { label: "shift_jis", description: "Japanese" },
  { label: "euc-kr", description: "Korean" },
];

async function chooseEncoding(): Promise<string | undefined> {
  const chosen = await window.showQuickPick(ENCODINGS, { title: `${TITLE}: Which Encoding?` });
  return chosen?.label;
}

/** Which samples stand in which model's place; undefined: the user wants no more of it. */
async function chooseSides(found: SamplesSurvey): Promise<Sides | undefined> {
  if (found.groups.length === 1) return chooseWriter(found.groups[0]!);
  const base = await chooseGroup(found, "base", true);
  if (base === undefined) return undefined;
  const rlhf = await chooseGroup(found, "rlhf", base !== null);
  return rlhf === undefined ? undefined : { base, rlhf };
}

/** Who wrote samples of which the file says nothing. */
async function chooseWriter(all: SampleGroup): Promise<Sides | undefined> {
  const writers = [
    { label: "An RLHF model", sides: { base: null, rlhf: all } },
    { label: "A base model", sides: { base: all, rlhf: null } },
  ];
  const chosen = await window.showQuickPick(writers, { title: `${TITLE}: Who Wrote Them?` });
  return chosen?.sides;
}

/** @param mayLack whether the model may have no samples. @returns null: none, undefined: the user wants no more of it */
async function chooseGroup(
  { groups, named }: SamplesSurvey,
  role: Role,
  mayLack: boolean,
): Promise<SampleGroup | null | undefined> {
  interface Choice extends QuickPickItem {
    readonly group: SampleGroup | null;
  }
  const suggested = named[role];
  const items: Choice[] = groups.map((group) => ({ ...groupItem(group), group }));
  const isSuggested = ({ group }: Choice) =>
    suggested !== null && group?.stage === suggested.stage && group.model === suggested.model;
  items.sort((a, b) => Number(isSuggested(b)) - Number(isSuggested(a)));
  const none: Choice = { label: "None", group: null };
  // What is offered first is what the file says, or as little as may be.
  if (mayLack) items.splice(suggested === null ? 0 : items.length, 0, none);
  const title = `${TITLE}: Which Stand for the ${role === "base" ? "Base" : "RLHF"} Model?`;
  const chosen = await window.showQuickPick(items, { title, matchOnDescription: true });
  return chosen?.group;
}

function groupItem({ stage, model, samples, prompts }: GroupCount): QuickPickItem {
  const names = [stage, model].filter((part) => part !== null).map(plainLabel);
  const amount = `${count(samples, "sample")} of ${count(prompts, "prompt")}`;
  return { label: names.join(" · ") || "All samples", description: amount };
}

/** Runs that are imported at once, at most. */
const MOST_RUNS = 1000;

/** By their places in the file; undefined: the user wants no more of it. */
async function choosePrompts({ prompts }: SamplesSurvey): Promise<readonly number[] | undefined> {
  if (prompts.length === 1) return [0];
  const items = promptItems(prompts.slice(0, MOST_RUNS)).map((item) => ({ ...item, picked: true }));
  const most = prompts.length > MOST_RUNS ? `the First ${formatNumber(MOST_RUNS, 0)} of ` : "";
  const title = `${TITLE}: Which of ${most}${count(prompts.length, "Prompt")}?`;
  const chosen = await window.showQuickPick(items, { title, canPickMany: true });
  const places = chosen?.map(({ place }) => place);
  return places && places.length > 0 ? places : undefined;
}

/** The place of the run's prompt, or of the one that the user takes for it. */
async function choosePrompt({ prompts }: SamplesSurvey, own: string): Promise<number | undefined> {
  const start = own.slice(0, PROMPT_START);
  const same = promptItems(prompts).filter(({ place }) => prompts[place]!.prompt === start);
  if (same.length === 1) return same[0]!.place;
  // Plain text has no prompt.
  if (prompts.length === 1 && prompts[0]!.prompt === "") return 0;
  const title = `${TITLE}: Which Prompt Is the Run's?`;
  const items = same.length > 0 ? same : promptItems(prompts);
  const chosen = await window.showQuickPick(items, { title });
  return chosen?.place;
}

function promptItems(prompts: SamplesSurvey["prompts"]) {
  return prompts.map(({ prompt, samples }, place) => ({
    label: titleOf(prompt),
    description: count(samples, "sample"),
    place,
  }));
}

function titleOf(prompt: string): string {
  return plainLabel(shortened(prompt.trim(), LONGEST_TITLE)) || "(no prompt)";
}

/** Characters. */
const LONGEST_TITLE = 100;

function count(amount: number, unit: string): string {
  return `${formatNumber(amount, 0)} ${unit}${amount === 1 ? "" : "s"}`;
}
