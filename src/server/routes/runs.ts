import { parseRun } from "../../formats/parseRun";
import { newRun } from "../../jobs/runs/newRun";
import { RunRequest } from "../../protocol/runs";
import type { Parts } from "../build";
import { answer } from "../connection/channel";

/** What the host asks about runs. Work on a run goes on after the answer; its panel learns of it. */
export function answerAboutRuns({ connection, configuration, runs, sampleFiles }: Parts): void {
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
    open({ id, text, file, saving = "follow" }) {
      return inBackground(runs.begin(id, parseRun(text), { file, saving }).analyse());
    },
    surveySamples: (file, signal) => sampleFiles.survey(file, signal),
    importSamples: (choice, signal) => sampleFiles.importRuns(choice, signal),
    async addSamples({ run, role, ...samples }) {
      await runs.addSide(run, role, await sampleFiles.take(samples));
      return null;
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
