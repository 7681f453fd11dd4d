/**
 * Messages about studies. A study is known by the path of its file, or of its results where those lie alone. The server says
 * to a study's panel what the panel understands ({@link ToStudy}); the host passes it on.
 */
import { event, request } from "./channel";
import type { ToStudy } from "./studyPanel";

export const StudyRequest = {
  /** Read the study and its results, and tell the panel of them and of every change; while it runs, as it was read before. */
  show: request<StudyParams, null>("twinlens/showStudy"),
  /** The panel is gone; a study that runs goes on. */
  hide: request<StudyParams, null>("twinlens/hideStudy"),
  /** Begin, or go on with what is missing; resolves when it is listed among the jobs. */
  run: request<StudyParams, null>("twinlens/runStudy"),
  /** Stop measuring; what is measured stays. */
  cancel: request<StudyParams, null>("twinlens/cancelStudy"),
  /** The report of what is measured. */
  report: request<StudyReportParams, WrittenReport>("twinlens/studyReport"),
  /** One document of a corpus. */
  document: request<StudyDocumentParams, string>("twinlens/studyDocument"),
  /** What is wrong with the text of a study's file, in its order. */
  check: request<CheckStudyParams, readonly StudyFault[]>("twinlens/checkStudy"),
  /** How far studies are, in the order asked. */
  states: request<StudyStatesParams, readonly StudyState[]>("twinlens/studyStates"),
};

export const StudyEvent = {
  /** For the study's panel. */
  message: event<StudyMessage>("twinlens/studyMessage"),
};

export interface StudyParams {
  readonly file: string;
}

export interface StudyMessage extends StudyParams {
  readonly message: ToStudy;
}

export type ReportFormat = "html" | "markdown";

export interface StudyReportParams extends StudyParams {
  readonly format: ReportFormat;
  /** Where pictures will lie, as the report's own folder names it. */
  readonly pictures: string;
}

export interface WrittenReport {
  readonly text: string;
  /** Files of the pictures' folder; a report in HTML has none. */
  readonly pictures: readonly { readonly name: string; readonly svg: string }[];
}

export interface StudyDocumentParams extends StudyParams {
  /** What a figure names a document by, see `documentTarget.ts`. */
  readonly target: string;
}

export interface CheckStudyParams {
  readonly text: string;
}

/** What is wrong with a study's file, and where. */
export interface StudyFault {
  /** 1, 2, …; both of the place's first character. */
  readonly line: number;
  readonly column: number;
  /** A sentence that says what is allowed. */
  readonly message: string;
}

export interface StudyStatesParams {
  readonly files: readonly string[];
}

/** How far a study is. */
export type StudyState =
  | { readonly kind: "cells"; readonly measured: number; readonly cells: number }
  /** Its file or its results can't be read. */
  | { readonly kind: "faulty"; readonly reason: string };
