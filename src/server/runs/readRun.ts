import { parseRun } from "../../formats/parseRun";
import type { Run } from "../../formats/run";
import { importedRun, importSamples } from "../../jobs/runs/importSamples";
import type { Role } from "../../protocol/roles";

/** A run's file, or samples from elsewhere; `unread` says what is not shown. @throws RunFileError, ImportError */
export function readRun(
  name: string,
  text: string,
  role: Role,
): { run: Run; unread: string | null } {
  // Within a text the quotes would be escaped.
  if (/"format"\s*:\s*"twinlens-run"/u.test(text)) return { run: parseRun(text), unread: null };
  const imported = importSamples(text);
  return {
    run: importedRun(name, new Date().toISOString(), role, imported[0]!),
    unread:
      imported.length === 1
        ? null
        : `The file has samples of ${imported.length} prompts; those of the first are shown. The command "twinlens anchors --samples" takes them all.`,
  };
}
