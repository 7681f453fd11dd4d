/** Asks what a new study is to be of. */
import { posix, relative, sep } from "node:path";
import { type QuickPickItem, Uri, window, workspace } from "vscode";
import { formatNumber, plainLabel, shortened } from "../../analysis/presentation/format";
import { EMBEDDED_PAIR, type NoPair, type ResolvedPair } from "../settings/pairs";
import { chooseTarget } from "../window/files";
import { CATEGORIES, type NewCorpus, type NewStudy, suggestedCategory } from "./studyText";

const TITLE = "New Study";

/** A corpus whose path is still where it lies. */
interface ChosenCorpus {
  readonly name: string;
  readonly category: string;
  readonly uri: Uri;
}

/** @returns undefined: the user wants no more of it */
export async function chooseCorpora(): Promise<readonly ChosenCorpus[] | undefined> {
  const chosen: ChosenCorpus[] = [];
  for (;;) {
    const how = await chooseHow(chosen.length);
    if (how === undefined) return undefined;
    if (how === "go on") return chosen;
    for (const uri of await chooseTexts(how)) {
      const name = freeName(nameOf(uri), chosen);
      const category = await chooseCategory(name);
      if (category === undefined) return undefined;
      chosen.push({ name, category, uri });
    }
  }
}

type How = "files" | "folder" | "go on";

async function chooseHow(count: number): Promise<How | undefined> {
  const corpora = `${formatNumber(count, 0)} ${count === 1 ? "corpus" : "corpora"}`;
  const goOn = { label: `Continue with ${corpora}`, how: "go on" } as const;
  const more = [
    { label: "Files…", detail: "Each file is a corpus.", how: "files" },
    { label: "Folder…", detail: "All that is in it together is a corpus.", how: "folder" },
  ] as const;
  const items: (QuickPickItem & { how: How })[] = count === 0 ? [...more] : [goOn, ...more];
  const title = `${TITLE}: ${count === 0 ? "Which Texts?" : "More Texts?"}`;
  return (await window.showQuickPick(items, { title }))?.how;
}

async function chooseTexts(how: "files" | "folder"): Promise<readonly Uri[]> {
  const areFiles = how === "files";
  const chosen = await window.showOpenDialog({
    title: `${TITLE}: ${areFiles ? "Which Files?" : "Which Folder?"}`,
    canSelectFiles: areFiles,
    canSelectFolders: !areFiles,
    canSelectMany: true,
  });
  return chosen ?? [];
}

const ABOUT: Readonly<Record<(typeof CATEGORIES)[number], string>> = {
  pretraining: "What base models learn from: books, web pages, encyclopedias",
  "new corpus": "Texts that are newer than the models",
  instruction: "Requests and their answers",
  chat: "Conversations",
  other: "Anything else",
};

async function chooseCategory(name: string): Promise<string | undefined> {
  const suggested = suggestedCategory(name);
  const others = CATEGORIES.filter((category) => category !== suggested);
  const items = [suggested, ...others].map((label) => ({ label, description: ABOUT[label] }));
  const title = `${TITLE}: What Is ${plainLabel(shortened(name, LONGEST_NAME))}?`;
  return (await window.showQuickPick(items, { title }))?.label;
}

/** Characters. */
const LONGEST_NAME = 60;

export async function choosePreset(): Promise<NewStudy["preset"] | undefined> {
  const items = [
    {
      label: "quick",
      description: "50 documents or 100 kB of each corpus: minutes on small models",
    },
    { label: "paper", description: "Up to 10,000 documents of each corpus: a night on large ones" },
  ] as const;
  return (await window.showQuickPick(items, { title: `${TITLE}: How Much?` }))?.label;
}

/** Where the file is to lie; its name ends as a study's does. */
export async function choosePlace(): Promise<Uri | undefined> {
  const place = await chooseTarget("study.twinlens-study.yaml", "yaml");
  return place?.with({ path: place.path.replace(/(?:\.twinlens-study)?\.ya?ml$/iu, ENDING) });
}

const ENDING = ".twinlens-study.yaml";

/** Paths as a study at `place` has them. */
export function corpusIn(place: Uri, { uri, ...corpus }: ChosenCorpus): NewCorpus {
  return { ...corpus, path: pathFrom(place, uri) };
}

/** The pair in use, unless it is the one that studies measure anyway. */
export function pairIn(place: Uri, pair: ResolvedPair | NoPair): NewStudy["pair"] {
  if ("problem" in pair || pair.name === EMBEDDED_PAIR) return null;
  const { name, base, rlhf } = pair;
  if (base === null || rlhf === null) return null;
  const pathOf = (path: string) => pathFrom(place, Uri.file(path));
  const adapters = Object.entries({ base, rlhf }).flatMap(([role, { adapter }]) =>
    adapter === null ? [] : [[role, pathOf(adapter)] as const],
  );
  return {
    name,
    base: pathOf(base.path),
    rlhf: pathOf(rlhf.path),
    adapters: Object.fromEntries(adapters),
  };
}

/** What moves with the study's folder is named from there, everything else in full. */
function pathFrom(place: Uri, uri: Uri): string {
  const [here, there] = [place, uri].map((one) => workspace.getWorkspaceFolder(one)?.uri.path);
  const folder = Uri.joinPath(place, "..").fsPath;
  const path = relative(folder, uri.fsPath);
  const isNear = here !== undefined && here === there;
  if (!isNear && path.startsWith("..")) return uri.fsPath;
  return path.split(sep).join("/") || ".";
}

function nameOf({ path }: Uri): string {
  return posix.basename(path).replace(TEXT_ENDING, "") || "corpus";
}

const TEXT_ENDING = /\.(?:txt|md|jsonl|json|csv|tsv|parquet)?(?:\.(?:gz|zst))?$/iu;

/** Corpora are known by name. */
function freeName(name: string, chosen: readonly ChosenCorpus[]): string {
  const isTaken = (wanted: string) => chosen.some((corpus) => corpus.name === wanted);
  let free = name;
  for (let i = 2; isTaken(free); i++) free = `${name} ${i}`;
  return free;
}
