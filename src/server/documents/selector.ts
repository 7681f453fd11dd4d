import type { DocumentSelector } from "vscode-languageserver/node";

/** RFC 3986, appendix B: scheme, authority, path. */
const URI = /^([^:/?#]+):(?:\/\/([^/?#]*))?([^?#]*)/;

/**
 * A selector of exactly this document. The editor compares the pattern with the document's path on its own platform
 * as a glob, so characters with a meaning there stand in brackets.
 */
export function selectDocument(uri: string): DocumentSelector {
  const [, scheme = "", authority = "", encodedPath = ""] = URI.exec(uri) ?? [];
  const path = decodeURIComponent(encodedPath).replace(
    /^\/([A-Za-z]):/,
    (_, drive: string) => `${drive.toLowerCase()}:`,
  );
  // Only a file's path carries its authority (a Windows share).
  const full = scheme === "file" && authority !== "" ? `//${authority}${path}` : path;
  return [{ scheme, pattern: full.replace(/[[\]{}*?]/g, "[$&]") }];
}
