import { window } from "vscode";
import { plainLabel } from "../../analysis/presentation/format";
import type { Transfer } from "../../protocol/modelFiles";
import type { App } from "../app";
import { isActive } from "../models/localModels";
import { sourceOf } from "../models/subjects";
import { transferText } from "../models/transferTexts";

/** Argument: a row or a job; "all"; without one the user chooses. */
export async function pauseModel(app: App, subject?: unknown): Promise<void> {
  await app.fetching.pause(await chosen(app, "Pause", isActive, subject));
}

export async function cancelModel(app: App, subject?: unknown): Promise<void> {
  const sources = await chosen(app, "Cancel", () => true, subject);
  if (sources.length > 0) await app.fetching.cancel(sources);
}

/** Goes on with what was wished for; a model that nobody waits for is fetched alone. */
export async function resumeModel(app: App, subject?: unknown): Promise<void> {
  const { fetching, wishes, models } = app;
  const isHalted = (transfer: Transfer) => !isActive(transfer);
  const sources = await chosen(app, "Resume", isHalted, subject);
  const { transfers } = await models.look();
  const alone = (source: string) => {
    const transfer = transfers.find((one) => one.source === source);
    return { name: transfer?.name ?? source, sources: [source], bytes: transfer?.total ?? null };
  };
  const wanted = sources.map((source) => wishes.of(source) ?? alone(source));
  const distinct = new Map(wanted.map((wish) => [wish.sources.join("\n"), wish]));
  await Promise.all([...distinct.values()].map((wish) => fetching.start(wish)));
}

async function chosen(
  { models }: App,
  verb: string,
  fits: (transfer: Transfer) => boolean,
  subject: unknown,
): Promise<readonly string[]> {
  const source = sourceOf(subject);
  if (source !== null) return [source];
  const { transfers } = await models.look();
  const fitting = transfers.filter(fits);
  if (subject === "all" || fitting.length < 2) return fitting.map((one) => one.source);
  const items = fitting.map((transfer) => ({
    label: plainLabel(transfer.name),
    description: plainLabel(transferText(transfer)),
    picked: true,
    source: transfer.source,
  }));
  const picked = await window.showQuickPick(items, {
    title: `${verb} Downloads`,
    canPickMany: true,
  });
  return picked?.map((item) => item.source) ?? [];
}
