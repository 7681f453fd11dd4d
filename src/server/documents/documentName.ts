/** The last part of a document's path. */
export function nameOf(uri: string): string {
  const path = uri.replace(/[?#].*$/, "");
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1).replace(/^untitled:/, ""));
}
