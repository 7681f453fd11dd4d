/** Files of studies and of their results. */
import { posix } from "node:path";
import { type TextDocument, type Uri, workspace } from "vscode";
import { RESULTS_FILE, STUDY_FILE } from "../../protocol/studyFileNames";

const ENDINGS = ["yaml", "yml", "json"] as const;

/** Files that a change of makes the list of studies another. */
export const STUDY_GLOB = `**/*.{${[
  ...ENDINGS.map((ending) => `twinlens-study.${ending}`),
  "twinlens-results.json",
].join(",")}}`;
/** Studies alone. */
export const STUDIES = `**/*.twinlens-study.{${ENDINGS.join(",")}}`;

/** Studies that the sidebar lists, at most. */
const MOST = 200;

export function isStudy({ path }: Uri): boolean {
  return STUDY_FILE.test(path);
}

export function isStudyDocument({ uri }: TextDocument): boolean {
  return uri.scheme === "file" && isStudy(uri);
}

/** The studies of the workspace, by path. */
export async function findStudies(): Promise<Uri[]> {
  const found = await workspace.findFiles(STUDIES, "**/node_modules/**", MOST);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The study whose results these are; the results themselves where it does not lie beside them. */
export async function studyOf(uri: Uri): Promise<Uri> {
  if (!RESULTS_FILE.test(uri.path)) return uri;
  for (const ending of ENDINGS) {
    const study = uri.with({ path: uri.path.replace(RESULTS_FILE, `.twinlens-study.${ending}`) });
    const isThere = await workspace.fs.stat(study).then(
      () => true,
      () => false,
    );
    if (isThere) return study;
  }
  return uri;
}

/** Without folder and ending. */
export function studyTitle({ path }: Uri): string {
  return posix.basename(path).replace(STUDY_FILE, "").replace(RESULTS_FILE, "");
}
