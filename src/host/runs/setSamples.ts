import * as z from "zod/mini";
import { ROLES } from "../../protocol/roles";
import { readText } from "./runPanel";
import type { SavedRun } from "./savedRuns";

const sideSchema = z.nullable(
  z.looseObject({ samples: z.array(z.looseObject({ text: z.string() })) }),
);
const runSchema = z.looseObject({ prompt: z.string(), base: sideSchema, rlhf: sideSchema });

/** The samples of runs as JSON lines, one for each prompt and model, as `twinlens sample` writes them; damaged runs have none. */
export async function setSamples(runs: readonly SavedRun[]): Promise<string> {
  const lines: string[] = [];
  for (const { uri, isDamaged } of runs) {
    if (isDamaged) continue;
    const run = runSchema.parse(JSON.parse(await readText(uri)));
    for (const role of ROLES) {
      const samples = run[role]?.samples.map(({ text }) => text);
      if (samples) lines.push(JSON.stringify({ prompt: run.prompt, role, samples }));
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}
