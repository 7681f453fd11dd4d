import { formatBytes, plainLabel } from "../../analysis/presentation/format";
import type { ModelFileFacts, ModelFiles, Transfer } from "../../protocol/modelFiles";
import { fileEssentials, isOwn, VERIFIER_TEXTS } from "../models/fileTexts";
import { isActive } from "../models/localModels";
import { transferText } from "../models/transferTexts";
import type { Row } from "./rows";

/** What is being fetched, and a closed row with what lies on this machine. @param now ms since 1970 */
export function fileRows({ models, transfers }: ModelFiles, now: number): Row[] {
  return [...transfers.map(transferRow), ...(models.length === 0 ? [] : [hereRow(models, now)])];
}

function transferRow(transfer: Transfer): Row {
  const { name, source, state, message } = transfer;
  const isFailed = state === "failed";
  return {
    id: `transfer ${source}`,
    label: plainLabel(name),
    description: plainLabel(transferText(transfer)),
    tooltip: [source, ...(message === null ? [] : [message])].map(plainLabel).join("\n"),
    icon: icons[state],
    ...(isFailed && { color: "errorForeground" }),
    context: isActive(transfer) ? "transfer.active" : "transfer.halted",
    source,
  };
}

const icons: Readonly<Record<Transfer["state"], string>> = {
  fetching: "cloud-download",
  verifying: "loading~spin",
  waiting: "clock",
  paused: "debug-pause",
  failed: "error",
};

function hereRow(models: readonly ModelFileFacts[], now: number): Row {
  const bytes = models.reduce((sum, one) => sum + one.bytes, 0);
  const count = models.length === 1 ? "1 model" : `${models.length} models`;
  return {
    id: "models on this machine",
    label: "On this machine",
    description: `${count}, ${formatBytes(bytes)}`,
    icon: "database",
    isClosed: true,
    children: models.map((model) => fileRow(model, now)),
  };
}

function fileRow(file: ModelFileFacts, now: number): Row {
  const { path, name, source, verifiedBy } = file;
  const digest = verifiedBy === null ? "Nobody has named its SHA-256." : VERIFIER_TEXTS[verifiedBy];
  const facts = [path, ...(source === null ? [] : [`From ${source}`])];
  return {
    id: `model ${path}`,
    label: plainLabel(name),
    description: plainLabel(fileEssentials(file, now)),
    tooltip: [...facts.map(plainLabel), ...(isOwn(file) ? [digest] : [])].join("\n"),
    icon: isOwn(file) ? "file" : "file-symlink-file",
    context: isOwn(file) ? "modelFile.own" : "modelFile.other",
    path,
  };
}
