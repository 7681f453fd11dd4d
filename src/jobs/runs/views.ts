import type { SamplerSettings } from "../../engine/engine";
import type { RoleRunView, RunView, SampleView } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import {
  modelSource,
  modelTitle,
  promptSent,
  type Run,
  type RunSample,
  type RunSide,
  type Source,
} from "../../formats/run";
import { type Role, ROLES } from "../../protocol/roles";
import { promptOfRun } from "./runJob";

/**
 * A run as the anchors panel shows it from scratch.
 * @param frame of the base model's prompt, where the run has none of its own
 */
export function toRunView(run: Run, options: AnchorOptions, frame: string): RunView {
  const names = ROLES.flatMap((role) => modelSource(run[role])?.model.name ?? []);
  return {
    name: run.name,
    pair: names.join(" · ") || "samples from elsewhere",
    about: run.about,
    prompt: promptOfRun(run, frame),
    options,
    rlhf: run.rlhf && toRoleView(run, run.rlhf),
    base: run.base && toRoleView(run, run.base),
  };
}

function toRoleView(run: Run, side: RunSide): RoleRunView {
  const { settings } = run;
  const source = modelSource(side);
  const sampler = source?.sampler ?? null;
  const parts = [
    ...(sampler === null ? [] : samplerWords(sampler)),
    ...(settings.maxTokens === null
      ? []
      : [`up to ${settings.maxTokens} tokens`, `seed ${settings.seed}`]),
    ...(settings.resumed ? ["resumed"] : []),
  ];
  return {
    model: writerOf(side.source),
    promptSent: promptSent(run, side),
    nucleus: sampler && sampler.topP,
    settings: parts.join(", "),
    wanted: settings.samples,
  };
}

function writerOf(source: Source): string {
  if (source.kind === "model") return modelTitle(source.model);
  return source.of === undefined
    ? `samples from ${source.name}`
    : `${source.of}, from ${source.name}`;
}

function samplerWords({ temperature, topK, topP, minP }: SamplerSettings): string[] {
  if (temperature === 0) return ["greedy"];
  return [
    `p ${topP}`,
    `temperature ${temperature}`,
    ...(topK > 0 ? [`top-k ${topK}`] : []),
    ...(minP > 0 ? [`min-p ${minP}`] : []),
  ];
}

/**
 * Perplexities are the model's own: the one that drew the samples, or in whose place samples from elsewhere stand. As long
 * as it has not scored a sample, they are of what it computed when it drew.
 */
export function sampleViews(samples: readonly RunSample[], role: Role): SampleView[] {
  return samples.map(({ text, tokens, scored }) => {
    const known = scored[role] ?? tokens;
    return {
      text,
      perplexity: known && perplexity(known.logProbabilities),
      tokens: known && known.logProbabilities.length,
      known: known && (known === tokens ? "drawn" : "scored"),
    };
  });
}

/** exp of the mean of -ln p; null for an empty sample. */
function perplexity(logProbabilities: readonly number[]): number | null {
  if (logProbabilities.length === 0) return null;
  return Math.exp(-logProbabilities.reduce((sum, p) => sum + p, 0) / logProbabilities.length);
}
