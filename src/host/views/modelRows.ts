import { formatBytes, formatNumber, plainLabel } from "../../analysis/presentation/format";
import { beforeAfterNote, fileName, fileNames } from "../../analysis/presentation/modelName";
import { EXPLANATIONS } from "../../analysis/presentation/quantities";
import { modelCautions, sameBos } from "../../analysis/scores/cautions";
import { tokenizeAlike } from "../../analysis/text/tokenizers";
import type { ModelsState, ModelState } from "../../protocol/models";
import type { ModelFacts } from "../../protocol/scores";
import { ROLE_NAMES } from "../../protocol/roles";
import { cautionRow } from "./cautionRow";
import type { Row } from "./rows";

export function modelRows({ pair, models, note }: ModelsState): Row[] {
  const isTiny = models.some(({ facts }) => facts !== null && facts.parameters < TINY_PARAMETERS);
  const pairRow: Row = {
    label: plainLabel(pair),
    description: [...(isTiny ? ["tiny"] : []), tokenizers(models)].join(" · "),
    ...(isTiny && { tooltip: EXPLANATIONS.tinyModels }),
    icon: "arrow-swap",
  };
  const notes = [note, roleNote(models)].filter((one) => one !== null);
  const noteRows = notes.map((one): Row => ({ label: plainLabel(one), icon: "info" }));
  return [pairRow, ...noteRows, ...models.map(modelRow)];
}

function roleNote([base, rlhf]: readonly ModelState[]): string | null {
  return base && rlhf ? beforeAfterNote(base, rlhf) : null;
}

/** What a model of fewer parameters is called tiny for (a choice). */
const TINY_PARAMETERS = 100e6;

function tokenizers(models: readonly ModelState[]): string {
  const [first, second] = models.flatMap(({ facts }) => facts ?? []);
  if (models.length === 1) return "one model: no difference";
  if (!first || !second) return "";
  if (!tokenizeAlike(first, second)) return "tokenizers differ: compared in bits per byte";
  if (sameBos(first, second)) return "same tokenizer";
  return `same tokenizer, but only ${first.addsBos ? "base" : "RLHF"} asks for BOS`;
}

function modelRow(model: ModelState): Row {
  const { role, path, adapter, state, facts, error } = model;
  const name = facts?.name ?? fileNames(model);
  const isFailed = error !== null;
  return {
    label: `${ROLE_NAMES[role]}: ${plainLabel(name)}`,
    description: [stateNames[state], ...(facts ? essentials(facts) : [])].join(" · "),
    icon: icons[state],
    color: isFailed ? "errorForeground" : `twinlens.${role}`,
    tooltip: path,
    isClosed: !isFailed,
    children: [
      ...(isFailed ? [{ label: plainLabel(error), icon: "error", color: "errorForeground" }] : []),
      { label: "File", description: plainLabel(fileName(path)), tooltip: path },
      ...(adapter === null
        ? []
        : [{ label: "Adapter", description: plainLabel(fileName(adapter)), tooltip: adapter }]),
      ...(facts ? factRows(facts) : []),
    ],
  };
}

/** What the row says while it is closed. */
function essentials({ quantisation, sizeBytes, device }: ModelFacts): string[] {
  return [plainLabel(quantisation), formatBytes(sizeBytes), plainLabel(device)];
}

const stateNames: Readonly<Record<ModelState["state"], string>> = {
  unloaded: "not loaded",
  loading: "loading …",
  loaded: "loaded",
  failed: "failed",
};

const icons: Readonly<Record<ModelState["state"], string>> = {
  unloaded: "circle-large",
  loading: "loading~spin",
  loaded: "circle-large-filled",
  failed: "error",
};

function factRows(facts: ModelFacts): Row[] {
  const { quantisation, bitsPerWeight, sizeBytes, parameters, device, memoryBytes } = facts;
  return [
    ...modelCautions(facts).map(cautionRow),
    {
      label: "Size",
      description: `${formatBytes(sizeBytes)}, ${count(parameters)} parameters`,
      tooltip: EXPLANATIONS.size,
    },
    {
      label: "Quantisation",
      description: `${plainLabel(quantisation)}, ${formatNumber(bitsPerWeight, 1)} bits per weight`,
      tooltip: EXPLANATIONS.quantisation,
    },
    { label: "Device", description: plainLabel(device), tooltip: EXPLANATIONS.device },
    {
      label: "Memory",
      description: `about ${formatBytes(memoryBytes)}`,
      tooltip: EXPLANATIONS.memory,
    },
    {
      label: "Context",
      description: `${formatNumber(facts.trainedContext, 0)} tokens`,
      tooltip: EXPLANATIONS.context,
    },
    {
      label: "Tokenizer",
      description: `${plainLabel(facts.tokenizer)}, ${formatNumber(facts.vocabularySize, 0)} entries`,
      tooltip: EXPLANATIONS.tokenizer,
    },
  ];
}

/** `135 M`, `7.2 B` */
function count(parameters: number): string {
  if (parameters >= 1e9) return `${formatNumber(parameters / 1e9, 1)} B`;
  if (parameters >= 1e6) return `${formatNumber(parameters / 1e6, parameters < 1e7 ? 1 : 0)} M`;
  return `${formatNumber(parameters / 1e3, 0)} k`;
}
