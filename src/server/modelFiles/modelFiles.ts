import { join } from "node:path";
import type { CatalogModel } from "../../formats/catalog/catalogSchema";
import { parseSource, type Source, sourceText } from "../../formats/catalog/source";
import { availableMemory } from "../../engine/freeMemory";
import { askModel, bytesOf } from "../../jobs/models/askModel";
import { type BegunModel, listBegun } from "../../jobs/models/begun";
import { type Catalogs, entryOf, readCatalogs } from "../../jobs/models/catalogs";
import type { Machine } from "../../jobs/models/elsewhereFolders";
import { freeOnDisk } from "../../jobs/models/freeOnDisk";
import { digestsOf } from "../../jobs/models/digests";
import { discardModel, getModel, type WantedModel } from "../../jobs/models/getModel";
import { noteUse, removeKept } from "../../jobs/models/kept";
import { modelsOnMachine } from "../../jobs/models/modelsOnMachine";
import { offersOf } from "../../jobs/models/offers";
import { filesOf, hubOf } from "../../jobs/models/sources";
import type { Downloader } from "../../jobs/models/transfer/transfer";
import type { Configuration } from "../../protocol/configuration";
import type {
  GetModelResult,
  ModelFileFacts,
  ModelFiles as Said,
  Offers,
  SourceFacts,
  Transfer,
} from "../../protocol/modelFiles";
import { failure } from "../connection/responses";
import type { Jobs } from "../jobs/jobs";
import { throttle } from "../jobs/throttle";
import { Transfers } from "./transfers";

/** More often nobody reads how far a transfer is, ms. */
const INTERVAL_MS = 500;

export interface ModelFilesParts {
  readonly configuration: () => Configuration;
  readonly jobs: Jobs;
  readonly downloader: Downloader;
  /** The catalogue that comes with Twinlens. */
  readonly catalog: string;
  readonly machine: Machine;
  readonly tell: (files: Said) => void;
}

/** Models' files on this machine: what can be got, what is being fetched, what is there. Only what the user asks for touches the network. */
export class ModelFiles {
  private readonly transfers: Transfers;
  private readonly changed = throttle(() => this.parts.tell(this.said()), INTERVAL_MS);
  /** As they were seen last. */
  private models: readonly ModelFileFacts[] = [];
  private begun: readonly Transfer[] = [];
  /** Addresses as they were typed, with what their hosts ask for behind the path: only the record of what was begun keeps that. */
  private readonly typed = new Map<string, Source>();

  constructor(private readonly parts: ModelFilesParts) {
    this.transfers = new Transfers(parts.jobs, this.changed);
  }

  async offers(): Promise<Offers> {
    const { models, problems } = await this.look();
    this.changed();
    const folder = this.folder();
    return {
      ...offersOf(models, this.models, availableMemory()),
      problems,
      folder,
      freeBytes: await freeOnDisk(folder),
      hub: new URL(this.hub()).host,
    };
  }

  async files(): Promise<Said> {
    await this.look();
    return this.said();
  }

  async ask(text: string, token: string | null, signal: AbortSignal): Promise<SourceFacts> {
    const source = this.parse(text);
    const known = entryOf((await this.catalogs()).models, source);
    const [first] = filesOf(source, this.hub());
    const places = { hub: this.hub(), token };
    const files = await askModel(source, places, this.parts.downloader, signal);
    return {
      source: sourceText(source),
      host: new URL(first!.url).host,
      fileName: source.fileName,
      files: files.length,
      bytes: bytesOf(files),
      sha256: digestsOf(known, source)?.[0]?.hex ?? files[0]!.sha256,
      licence: known?.licence ?? null,
    };
  }

  /** Fetches a model, goes on with it, or joins those who wait for it. */
  async get(text: string, token: string | null): Promise<GetModelResult> {
    const source = this.parse(text);
    const known = entryOf((await this.catalogs()).models, source);
    const wanted: WantedModel = {
      source,
      name: known?.name ?? source.fileName,
      digests: digestsOf(known, source),
    };
    const places = { folder: this.folder(), hub: this.hub(), token };
    const { downloader } = this.parts;
    try {
      return await this.transfers.start(sourceText(source), wanted.name, (onProgress, signal) =>
        getModel(wanted, places, downloader, onProgress, signal),
      );
    } finally {
      await this.refresh();
    }
  }

  async pause(text: string): Promise<void> {
    await this.transfers.stop(sourceText(this.parse(text)));
    await this.refresh();
  }

  async cancel(text: string): Promise<void> {
    const source = this.parse(text);
    const key = sourceText(source);
    await this.transfers.stop(key);
    await discardModel(source, { folder: this.folder(), hub: this.hub(), token: null });
    this.typed.delete(key);
    this.transfers.forget(key);
    await this.refresh();
  }

  async remove(path: string): Promise<void> {
    await removeKept(path, this.folder());
    await this.refresh();
  }

  /** These models were loaded. */
  async noteUse(paths: readonly string[]): Promise<void> {
    await Promise.all(paths.map((path) => noteUse(path)));
    if (this.models.some(({ path }) => paths.includes(path))) await this.refresh();
  }

  private said(): Said {
    const now = this.transfers.list();
    const waiting = this.begun.filter((part) => now.every(({ source }) => source !== part.source));
    return { models: this.models, transfers: [...now, ...waiting] };
  }

  private async refresh(): Promise<void> {
    await this.look();
    this.changed();
  }

  /** Looks at the disk. @returns what catalogues say */
  private async look(): Promise<Catalogs> {
    const folder = this.folder();
    const [models, begun, catalogs] = await Promise.all([
      modelsOnMachine(folder, this.parts.machine),
      listBegun(folder, this.hub()),
      this.catalogs(),
    ]);
    this.models = models;
    for (const { source } of begun) if (!this.typed.has(sourceText(source))) this.noteTyped(source);
    this.begun = begun.map((model) => paused(model, entryOf(catalogs.models, model.source)));
    return catalogs;
  }

  private parse(text: string): Source {
    const source = parseSource(text, this.hub());
    this.noteTyped(source);
    return this.typed.get(sourceText(source)) ?? source;
  }

  private noteTyped(source: Source): void {
    if (source.kind === "url" && source.query !== "") this.typed.set(sourceText(source), source);
  }

  private catalogs(): Promise<Catalogs> {
    const { catalog, configuration } = this.parts;
    return readCatalogs([catalog, ...configuration().settings.catalogs]);
  }

  private hub(): string {
    return hubOf(this.parts.machine.environment);
  }

  private folder(): string {
    const { settings, storagePath } = this.parts.configuration();
    if (settings.modelFolder !== "") return settings.modelFolder;
    if (storagePath === null)
      throw failure("There is no folder for models: set twinlens.modelFolder.");
    return join(storagePath, "models");
  }
}

function paused(
  { source, bytes, total, isTaken }: BegunModel,
  known: CatalogModel | null,
): Transfer {
  return {
    source: sourceText(source),
    name: known?.name ?? source.fileName,
    state: "paused",
    bytes,
    total: total ?? known?.bytes ?? null,
    bytesPerSecond: null,
    secondsLeft: null,
    message: isTaken ? "Another window or program fetches it." : null,
  };
}
