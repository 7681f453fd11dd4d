import { CHANCE_SEED } from "../../analysis/samples/chance";
import { isMixable } from "../../analysis/samples/textsOfPrompts";
import { ROLES, ROLE_NAMES, type Role } from "../../protocol/roles";
import type { RunWork } from "../../jobs/runs/runWork";
import type { RunAnalyser } from "../../jobs/runs/workerClient";
import type { AlignmentView, ChanceView } from "../../protocol/anchorViews";
import { type DrawnChance, meanChance, toChanceView } from "../../report/chanceView";
import { comparedTexts } from "../../report/equalNumber";
import type { Progress } from "../output/progress";

/** What overlap is by chance over all prompts, by model; not there: not looked for, or some prompts have none. */
export type SetChance = Readonly<Partial<Record<Role, DrawnChance>>>;

/**
 * Finds what overlap is by chance: from texts of different prompts where there are enough prompts, else from the sentences
 * of each prompt's samples, which its run then keeps.
 */
export async function chanceOfPrompts(
  works: readonly RunWork[],
  analyser: RunAnalyser,
  progress: Progress,
  signal: AbortSignal,
): Promise<SetChance> {
  const found: Partial<Record<Role, DrawnChance>> = {};
  for (const role of ROLES) {
    const prompts = works.map(({ run }) => comparedTexts(run, role));
    if (isMixable(prompts)) {
      const show = (fraction: number) =>
        progress.show(`Chance of overlap in ${ROLE_NAMES[role]}  all prompts`, fraction);
      const draws = await analyser.chance({ kind: "prompts", prompts }, show, signal);
      if (draws !== null) found[role] = { kind: "prompts", seed: CHANCE_SEED, ...draws };
    } else {
      for (const work of works) await work.findChance(role, signal);
    }
  }
  return found;
}

/** What a prompt's samples of one model agree, and would by chance. */
interface Agreement {
  readonly compared: Pick<AlignmentView, "overlap">;
  readonly chance: DrawnChance | null;
}

/**
 * The chance level of one model's means over prompts.
 * @param ofAll that of all prompts together, where there is one
 * @returns null: not looked for, or some prompts have none
 */
export function chanceOfMeans(
  prompts: readonly Agreement[],
  ofAll: DrawnChance | undefined,
): ChanceView | null {
  if (ofAll) return toChanceView(ofAll);
  const measured = prompts.filter(({ compared }) => compared.overlap !== null);
  const own = measured.flatMap(({ chance }) => chance ?? []);
  if (own.length === 0 || own.length < measured.length) return null;
  return toChanceView(meanChance(own));
}
