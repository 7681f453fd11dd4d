import { basename } from "node:path";
import { QuickPickItemKind, type QuickPickItem, window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import {
  ModelFileRequest,
  type OfferedModel,
  type OfferedPair,
  type Offers,
} from "../../protocol/modelFiles";
import type { App } from "../app";
import type { Server } from "../connection/server";
import { askAddress } from "../models/askAddress";
import { isConfirmed } from "../models/confirm";
import {
  bytesOf,
  cautionsOf,
  FIT_NOTES,
  licenceText,
  modelEssentials,
  pairEssentials,
  pairTitle,
  STAGE_NAMES,
} from "../models/offerTexts";
import { hostOf } from "../models/sources";
import { pickFile } from "./localModels";
import { addPair, namePair } from "./pairs";

type Way = "model" | "address" | "here" | "files";

interface Choice extends QuickPickItem {
  /** null: nothing can be done about it. */
  readonly choice: OfferedPair | Way | null;
}

/** Offers the catalogues' pairs, what fits this machine first, and other ways to a pair. */
export async function getPair(app: App, server: Server): Promise<void> {
  const offers = await server.request(ModelFileRequest.offers, null);
  const picked = await window.showQuickPick(choicesOf(offers), {
    title: "Get a Pair of Models",
    placeHolder: "Nothing is fetched before you have seen licence, size and folder",
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked?.choice) return;
  if (typeof picked.choice !== "string") return getOffered(app, offers, picked.choice);
  await ways[picked.choice](app, server, offers);
}

const ways: Readonly<Record<Way, (app: App, server: Server, offers: Offers) => Promise<void>>> = {
  model: (app, _, offers) => getOneModel(app, offers),
  address: getFromAddress,
  here: pairFromHere,
  files: addPair,
};

function choicesOf({ pairs, problems }: Offers): Choice[] {
  return [
    ...pairs.map((pair): Choice => ({
      label: `${pair.fit === "tooLarge" ? "$(warning)" : "$(arrow-swap)"} ${plainLabel(pairTitle(pair))}`,
      description: plainLabel(pairEssentials(pair)),
      detail: plainLabel(pairDetail(pair)),
      choice: pair,
    })),
    { label: "Other ways", kind: QuickPickItemKind.Separator, choice: null },
    { label: "$(file) One Model of the Catalogue…", choice: "model" },
    {
      label: "$(link) From an Address…",
      description: "hf:user/repository/file.gguf, or a URL",
      choice: "address",
    },
    {
      label: "$(search) Models on This Machine…",
      description: "also of LM Studio, Ollama, llama.cpp and Hugging Face",
      choice: "here",
    },
    { label: "$(folder-opened) Two GGUF Files…", choice: "files" },
    ...problems.map((problem): Choice => ({
      label: `$(warning) ${plainLabel(problem)}`,
      choice: null,
    })),
  ];
}

function pairDetail({ base, rlhf }: OfferedPair): string {
  const names = `base: ${base.name} · ${STAGE_NAMES[rlhf.stage]}: ${rlhf.name}`;
  const cautions = cautionsOf([base, rlhf]).map((caution) => `caution: ${caution}`);
  return [names, ...cautions].join(" · ");
}

async function getOffered(app: App, offers: Offers, pair: OfferedPair): Promise<void> {
  await getModels(app, offers, pair.name, [pair.base, pair.rlhf], [FIT_NOTES[pair.fit]]);
}

async function getOneModel(app: App, offers: Offers): Promise<void> {
  const items = offers.models.map((model) => ({
    label: plainLabel(model.name),
    description: plainLabel(modelEssentials(model)),
    detail: plainLabel(
      cautionsOf([model])
        .map((caution) => `caution: ${caution}`)
        .join(" · "),
    ),
    model,
  }));
  const title = "Get One Model";
  const picked = await window.showQuickPick(items, { title, matchOnDescription: true });
  if (picked) await getModels(app, offers, picked.model.name, [picked.model], []);
}

async function getModels(
  app: App,
  offers: Offers,
  name: string,
  models: readonly OfferedModel[],
  notes: readonly string[],
): Promise<void> {
  const missing = models.filter(({ path }) => path === null);
  const cautions = cautionsOf(missing).map((caution) => `Caution: ${caution}.`);
  const isAgreed =
    missing.length === 0 ||
    (await isConfirmed({
      name,
      files: missing.length,
      bytes: bytesOf(missing),
      freeBytes: offers.freeBytes,
      folder: offers.folder,
      hosts: [...new Set(missing.map(({ source }) => hostOf(source, offers.hub)))],
      licence: licenceText(models),
      licenceUrl: models.find(({ licenceUrl }) => licenceUrl !== null)?.licenceUrl ?? null,
      notes: [...notes, ...cautions],
    }));
  if (!isAgreed) return;
  const sources = models.map(({ path, source }) => path ?? source);
  await app.fetching.start({ name, sources, bytes: bytesOf(missing) });
}

/** Two addresses for a pair, or one for a model. */
async function getFromAddress(app: App, server: Server, offers: Offers): Promise<void> {
  const base = await askAddress(app, server, "Address of the Base Model", false);
  if (!base) return;
  const rlhf = await askAddress(
    app,
    server,
    "Address of Its RLHF Twin (Empty: Only the First)",
    true,
  );
  if (rlhf === undefined) return;
  const models = rlhf === null ? [base] : [base, rlhf];
  const sizes = models.map(({ bytes }) => bytes ?? NaN);
  const bytes = sizes.reduce((a, b) => a + b, 0);
  const known = Number.isNaN(bytes) ? null : bytes;
  const name = models.map(({ fileName }) => basename(fileName, ".gguf")).join(" + ");
  const unverified = models.filter(({ sha256 }) => sha256 === null);
  const isAgreed = await isConfirmed({
    name,
    files: models.reduce((sum, { files }) => sum + files, 0),
    bytes: known,
    freeBytes: offers.freeBytes,
    folder: offers.folder,
    hosts: [...new Set(models.map(({ host }) => host))],
    licence: models.map(({ licence }) => licence).find((licence) => licence !== null) ?? null,
    licenceUrl: null,
    notes: unverified.map(
      ({ fileName }) => `${fileName} can't be verified: nobody names its SHA-256.`,
    ),
  });
  if (!isAgreed) return;
  await app.fetching.start({ name, sources: models.map(({ source }) => source), bytes: known });
}

/** Two models that are here already, whoever has fetched them. */
async function pairFromHere(app: App, server: Server): Promise<void> {
  const base = await pickFile(app, "Base Model");
  if (!base) return;
  const rlhf = await pickFile(app, "RLHF Model");
  if (rlhf) await namePair(app, server, base.path, rlhf.path);
}
