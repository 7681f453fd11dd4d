import { newRun } from "../../jobs/runs/newRun";
import { RunRequest } from "../../protocol/runs";
import type { Parts } from "../build";
import { answer } from "../connection/channel";
import { readRun } from "../runs/readRun";

/** What the host asks about runs. Work on a run goes on after the answer; its panel learns of it. */
export function answerAboutRuns({ connection, configuration, runs }: Parts): void {
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => connection.console.warn(String(error)));
    return null;
  };
  answer(connection, RunRequest, {
    start({ id, prompt, file }) {
      const { samples, seed, maxTokens } = configuration().settings;
      const run = newRun(prompt, { samples, seed, maxTokens });
      return inBackground(runs.begin(id, run, { file, saving: "follow" }).draw());
    },
    open({ id, name, text, file, role = "rlhf", saving = "follow" }) {
      const { run, unread } = readRun(name, text, role);
      const session = runs.begin(id, run, { file, saving });
      return inBackground(
        session.analyse().then(() => {
          if (unread !== null) runs.tell(id, { type: "error", message: unread });
        }),
      );
    },
    async setOptions({ id, options }) {
      await runs.session(id).setOptions(options);
      return null;
    },
    cancel({ id }) {
      runs.session(id).cancel();
      return null;
    },
    resume: ({ id }) => inBackground(runs.keptSession(id).draw()),
    score: ({ id }) => inBackground(runs.keptSession(id).score()),
    show({ id }) {
      runs.session(id).show();
      return null;
    },
    close({ id }) {
      runs.close(id);
      return null;
    },
    async rename({ file, name }) {
      await runs.rename(file, name);
      return null;
    },
    async remove({ file }) {
      await runs.remove(file);
      return null;
    },
  });
}
