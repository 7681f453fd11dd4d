import { countCodePoints } from "../analysis/text/codePoints";
import { formatNumber, shortened, visibleText } from "../analysis/presentation/format";
import { ROLE_NAMES, ROLES, type Role } from "../protocol/roles";
import type { ExportedModelFacts, RoleNumbers, ScoreNumbers } from "./scoreDocument";

/** What makes the numbers repeatable, one sentence per line: versions, models, how the text was cut. Names take one line. */
export function factLines(document: ScoreNumbers): string[] {
  const { base, rlhf } = document.models;
  const lines = [`twinlens ${document.twinlensVersion}`];
  if (base) lines.push(`base: ${modelLine(base)}`);
  if (rlhf) lines.push(`RLHF: ${modelLine(rlhf)}`);
  const cuts = document.files.flatMap((file) =>
    [file.base, file.rlhf].flatMap((scores) => (scores ? [windowLine(scores)] : [])),
  );
  lines.push(...new Set(cuts));
  if (document.context !== null) lines.push(contextLine(document.context));
  lines.push(...document.cautions.map((caution) => `caution: ${visibleText(caution)}`));
  for (const role of ROLES) {
    const model = document.models[role];
    if (!model) continue;
    const prompts = document.files.flatMap((file) => file[role]?.prompt ?? []);
    lines.push(...[...new Set(prompts)].map((prompt) => promptLine(role, prompt)));
    const unseen = document.files.reduce(
      (n, file) => n + (file[role]?.charactersWithoutToken ?? 0),
      0,
    );
    if (unseen > 0) lines.push(unseenLine(model, unseen));
  }
  return lines;
}

function modelLine(model: ExportedModelFacts): string {
  return [
    visibleText(model.name),
    model.quantisation,
    `sha256 ${model.sha256}`,
    ...(model.adapter
      ? [`sha256 of ${visibleText(model.adapter.file)} ${model.adapter.sha256}`]
      : []),
    `${visibleText(model.tokenizer)} tokenizer ${model.addsBos ? "with" : "without"} BOS`,
    `${model.attention} attention`,
    visibleText(model.device),
    `llama.cpp ${model.engineVersion}`,
  ].join(", ");
}

function windowLine({ settings }: RoleNumbers): string {
  const { mode, window, stride, maxWindows, bos } = settings;
  const start = {
    auto: "",
    on: ", each behind BOS",
    off: ", without BOS",
    eos: ", each behind EOS",
  };
  const limit = `${start[bos]}${maxWindows > 0 ? `, at most ${maxWindows} windows` : ""}`;
  return mode === "strided"
    ? `windows of ${window} tokens, stride ${stride}${limit}`
    : `windows of ${window} tokens as llama.cpp's perplexity program cuts them${limit}`;
}

function contextLine({ name, text }: NonNullable<ScoreNumbers["context"]>): string {
  const characters = formatNumber(countCodePoints(text), 0);
  return `each text read after ${visibleText(name)} (${characters} characters), which is not scored`;
}

/** Characters of a prompt that a line has room for; JSON has it whole. */
const LONGEST_PROMPT = 200;

function promptLine(role: Role, prompt: string): string {
  return `${ROLE_NAMES[role]} read this prompt before the text: ${visibleText(shortened(prompt, LONGEST_PROMPT))}`;
}

function unseenLine(model: ExportedModelFacts, characters: number): string {
  const what = characters === 1 ? "1 character" : `${formatNumber(characters, 0)} characters`;
  return `caution: ${visibleText(model.name)} has no token for ${what} of the text, so it never saw them; they count nowhere`;
}
