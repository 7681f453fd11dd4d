import { CodeLens, type CodeLensProvider, Range, type TextDocument } from "vscode";

/** Above the first line of a study's file. */
export const studyLenses: CodeLensProvider = {
  provideCodeLenses: ({ uri }: TextDocument) => {
    const top = new Range(0, 0, 0, 0);
    return [
      new CodeLens(top, {
        title: "Run Study",
        command: "twinlens.runStudy",
        arguments: [uri],
      }),
      new CodeLens(top, {
        title: "Open Results",
        command: "twinlens.openStudy",
        arguments: [uri],
      }),
    ];
  },
};
