import { env, Uri, window } from "vscode";
import { formatBytes, plainLabel } from "../../analysis/presentation/format";
import { notificationText } from "../../analysis/presentation/notificationText";

/** What the user is told before anything is fetched. */
export interface Proposal {
  readonly name: string;
  readonly files: number;
  /** Still to be fetched; null: the hub does not say. */
  readonly bytes: number | null;
  readonly freeBytes: number | null;
  readonly folder: string;
  /** Names of the hosts that it comes from. */
  readonly hosts: readonly string[];
  /** null: nobody says. */
  readonly licence: string | null;
  readonly licenceUrl: string | null;
  readonly notes: readonly string[];
}

/** Names licence, size, host and folder, and asks. */
export async function isConfirmed(proposal: Proposal): Promise<boolean> {
  const download = "Download";
  const showLicence = "Show Licence";
  const url = proposal.licenceUrl;
  for (;;) {
    const answer = await window.showInformationMessage(
      notificationText(`Download ${proposal.name}?`),
      { modal: true, detail: proposalText(proposal) },
      download,
      ...(url === null ? [] : [showLicence]),
    );
    if (answer !== showLicence || url === null) return answer === download;
    await env.openExternal(Uri.parse(url));
  }
}

/** A line for each, with the notes below. */
export function proposalText(proposal: Proposal): string {
  const { files, bytes, freeBytes, folder, hosts, licence, notes } = proposal;
  const size = bytes === null ? "not known" : formatBytes(bytes);
  const inFiles = files === 1 ? "one file" : `${files} files`;
  const free = freeBytes === null ? "" : `, ${formatBytes(freeBytes)} are free`;
  const lines = [
    `Licence: ${licence ?? "not known: see the model's page"}`,
    `Size: ${size} in ${inFiles}${free}`,
    `From: ${hosts.join(", ")}`,
    `To: ${folder}`,
  ];
  const below = notes.length === 0 ? [] : ["", ...notes];
  return [...lines, ...below].map(plainLabel).join("\n");
}
