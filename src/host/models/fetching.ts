import { isAbsolute } from "node:path";
import { commands, type LogOutputChannel, type MessageItem, window } from "vscode";
import { formatBytes } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";
import { ModelFileRequest } from "../../protocol/modelFiles";
import { withoutAdapter } from "../../protocol/modelIdentity";
import { ModelRequest } from "../../protocol/models";
import type { Server } from "../connection/server";
import { withPair } from "../settings/pairs";
import type { UserSettings } from "../settings/settings";
import { isCancelled, isEndOfServer, showError } from "../window/errors";
import { reach } from "../window/milestones";
import { waitWithCancel } from "../window/waitWithCancel";
import type { HubToken } from "./hubToken";
import { tellOfFailure } from "./fetchFailure";
import { isActive, isElsewhere, type LocalModels } from "./localModels";
import type { Wish, Wishes } from "./wishes";

export interface FetchingParts {
  readonly server: Server;
  readonly settings: UserSettings;
  readonly models: LocalModels;
  readonly wishes: Wishes;
  readonly token: HubToken;
  readonly log: LogOutputChannel;
}

const RESUME = "Resume";
const DISCARD = "Discard";

/** Gets what is wished for: fetches its models, and puts a pair to use as soon as both are here. */
export class Fetching {
  /** Names of wishes that wait for an answer of the user. */
  private readonly offered = new Set<string>();

  constructor(private readonly parts: FetchingParts) {}

  /** Goes on with what was fetched before. Resolves when everything is here and in use, or when something was paused, cancelled or has failed. */
  async start(wish: Wish): Promise<void> {
    const { wishes } = this.parts;
    await wishes.keep(wish);
    const paths = await Promise.all(wish.sources.map((source) => this.fetch(wish, source)));
    const [first, second] = paths;
    if (!first || second === null || !wishes.has(wish)) return;
    if (second !== undefined) await this.use(wish.name, first, second);
    await wishes.drop(wish);
    if (second === undefined) await offerModel(wish.name, first);
  }

  /** What was fetched of these stays; nothing more is. */
  async pause(sources: readonly string[]): Promise<void> {
    await this.forEach(sources, (source) =>
      this.parts.server.request(ModelFileRequest.pause, { source }),
    );
  }

  /** Stops at once, and asks before it throws away what took minutes to fetch. */
  async cancel(sources: readonly string[]): Promise<void> {
    await this.pause(sources);
    const { transfers } = await this.parts.models.lookAnew();
    const bytes = transfers
      .filter(({ source }) => sources.includes(source))
      .reduce((sum, one) => sum + one.bytes, 0);
    if (bytes < LITTLE_BYTES || (await isThrownAway(bytes))) await this.discard(sources);
  }

  /** Says so where the window or the server has ended before everything was here, and offers to go on. */
  async tellOfInterrupted(): Promise<void> {
    await Promise.all(this.parts.wishes.list.map((wish) => this.offer(wish)));
  }

  private async fetch(wish: Wish, source: string): Promise<string | null> {
    if (isAbsolute(source)) return source;
    const { server, token } = this.parts;
    try {
      const params = { source, token: await token.sealed() };
      return (await server.request(ModelFileRequest.get, params)).path;
    } catch (error) {
      if (isEndOfServer(error)) this.inBackground(this.offer(wish));
      else if (!isCancelled(error)) this.inBackground(this.fail(wish, source, error));
      return null;
    }
  }

  /** Whoever asked has an answer already: what comes now is for the user. */
  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => showError(this.parts.log, error));
  }

  private async fail(wish: Wish, source: string, error: unknown): Promise<void> {
    const isAgain = await tellOfFailure(error, source, this.parts);
    if (isAgain) await this.start(wish);
  }

  private async offer(wish: Wish): Promise<void> {
    if (this.offered.has(wish.name)) return;
    this.offered.add(wish.name);
    const answer = await this.askWhetherToResume(wish).finally(() =>
      this.offered.delete(wish.name),
    );
    if (answer === RESUME) await this.start(wish);
    if (answer === DISCARD) await this.discard(wish.sources);
  }

  private async askWhetherToResume(wish: Wish): Promise<string | undefined> {
    const { transfers } = await this.parts.models.lookAnew();
    const own = transfers.filter(({ source }) => wish.sources.includes(source));
    if (own.some((transfer) => isActive(transfer) || isElsewhere(transfer))) return undefined;
    const text = `Getting ${wish.name} was interrupted${this.reached(wish)}.`;
    return window.showInformationMessage(notificationText(text), RESUME, DISCARD);
  }

  /** ` at 43 %`: files that are whole, and parts. */
  private reached({ sources, bytes }: Wish): string {
    const { models, transfers } = this.parts.models.current;
    const here = [...transfers, ...models]
      .filter(({ source }) => source !== null && sources.includes(source))
      .reduce((sum, one) => sum + one.bytes, 0);
    return bytes ? ` at ${Math.min(100, Math.floor((100 * here) / bytes))} %` : "";
  }

  private async discard(sources: readonly string[]): Promise<void> {
    const { server, wishes } = this.parts;
    const begun = sources.filter((source) => !isAbsolute(source));
    await this.forEach(begun, (source) => server.request(ModelFileRequest.cancel, { source }));
    const isGivenUp = (wish: Wish) => wish.sources.some((source) => sources.includes(source));
    for (const wish of wishes.list.filter(isGivenUp)) await wishes.drop(wish);
  }

  /** Both are here: says what follows from pairing them, uses them, and highlights the text at hand. */
  private async use(name: string, base: string, rlhf: string): Promise<void> {
    const { server, settings } = this.parts;
    const chosen = { base: withoutAdapter(base), rlhf: withoutAdapter(rlhf) };
    const { consequence } = await waitWithCancel(`Looking at ${name}`, (token) =>
      server.request(ModelRequest.comparePair, chosen, token),
    );
    await settings.setPair(name, withPair(settings.current.pairs, { name, base, rlhf }));
    reach("pair");
    void window.showInformationMessage(notificationText(`${name} is in use now. ${consequence}`));
    await commands.executeCommand("twinlens.tour", "text");
  }

  private async forEach(
    sources: readonly string[],
    act: (source: string) => Promise<unknown>,
  ): Promise<void> {
    await Promise.all(sources.map(act));
  }
}

/** Less than this is thrown away without a question. */
const LITTLE_BYTES = 50e6;

async function isThrownAway(bytes: number): Promise<boolean> {
  const discard: MessageItem = { title: DISCARD };
  const keep: MessageItem = { title: "Keep for Later", isCloseAffordance: true };
  const text = `Discard the ${formatBytes(bytes)} that were fetched?`;
  const options = { modal: true, detail: "What is kept waits in the view Models." };
  return (
    (await window.showWarningMessage(notificationText(text), options, discard, keep)) === discard
  );
}

async function offerModel(name: string, path: string): Promise<void> {
  const base = "Use as Base Model";
  const rlhf = "Use as RLHF Model";
  const answer = await window.showInformationMessage(
    notificationText(`${name} is on this machine now.`),
    base,
    rlhf,
  );
  if (answer === base) await commands.executeCommand("twinlens.useAsBase", { path });
  if (answer === rlhf) await commands.executeCommand("twinlens.useAsRlhf", { path });
}
