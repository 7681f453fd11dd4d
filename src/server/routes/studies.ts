import { parseStudy, StudyFileError } from "../../formats/study/parseStudy";
import { type StudyFault, StudyRequest, type WrittenReport } from "../../protocol/studies";
import { toHtml } from "../../report/studyReport/studyHtml";
import { toMarkdown } from "../../report/studyReport/studyMarkdown";
import type { StudyReport } from "../../protocol/studyFigure";
import type { Parts } from "../build";
import { answer } from "../connection/channel";
import { failure } from "../connection/responses";
import { documentText } from "../studies/documentText";

/** What the host asks about studies. */
export function answerAboutStudies({ connection, studies }: Parts): void {
  answer(connection, StudyRequest, {
    async show({ file }) {
      await studies.session(file).show();
      return null;
    },
    hide({ file }) {
      studies.hide(file);
      return null;
    },
    async run({ file }) {
      await studies.session(file).run();
      return null;
    },
    cancel({ file }) {
      studies.cancel(file);
      return null;
    },
    async report({ file, format, pictures }) {
      const report = await studies.session(file).currentReport();
      return format === "html" ? htmlOf(report) : markdownOf(report, pictures);
    },
    async document({ file, target }, signal) {
      const { at } = await studies.session(file).read();
      if (at === null) throw failure("These results lie without their study's file.");
      return documentText(at, target, signal);
    },
    check: ({ text }) => faultsOf(text),
    states: ({ files }) => studies.states(files),
  });
}

function htmlOf(report: StudyReport): WrittenReport {
  return { text: toHtml(report), pictures: [] };
}

function markdownOf(report: StudyReport, folder: string): WrittenReport {
  const { text, files } = toMarkdown(report, folder);
  return { text, pictures: files };
}

function faultsOf(text: string): readonly StudyFault[] {
  try {
    parseStudy(text);
    return [];
  } catch (error) {
    if (error instanceof StudyFileError) return error.faults;
    throw error;
  }
}
