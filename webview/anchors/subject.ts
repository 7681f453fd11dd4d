/** Whose numbers the page's figures show, as it stands on those that are saved. */
import { formatNumber, shortened, visibleText } from "../../src/analysis/presentation/format";
import { onOneLine } from "../../src/analysis/text/words";
import type { PromptAverages, RunView } from "../../src/protocol/anchorViews";
import { ROLE_TITLES, ROLES } from "../../src/protocol/roles";
import type { RoleState } from "./state";

/** Characters of a prompt; the rest would take the figure's room. */
const LONGEST = 120;

/** The prompt, then a line for each model with its samples. */
export function runSubject({ prompt }: RunView, roles: readonly RoleState[]): string[] {
  return [
    ...(prompt.text === "" ? [] : [`Prompt: “${inShort(prompt.text)}”`]),
    ...roles.map(({ role, run: { model, settings }, samples }) => {
      const count = `${formatNumber(samples.length, 0)} samples`;
      const drawn = settings === "" ? "" : ` (${visibleText(settings)})`;
      return `${ROLE_TITLES[role]}: ${visibleText(model)}, ${count}${drawn}`;
    }),
  ];
}

export function averagesSubject({ prompts, samples, models }: PromptAverages): string[] {
  const named = ROLES.flatMap((role) => {
    const model = models[role];
    return model === null ? [] : [`${ROLE_TITLES[role]}: ${visibleText(model)}`];
  });
  return [
    `${formatNumber(prompts, 0)} prompts, up to ${formatNumber(samples, 0)} samples per model and prompt`,
    ...named,
  ];
}

function inShort(text: string): string {
  return shortened(visibleText(onOneLine(text)), LONGEST);
}
