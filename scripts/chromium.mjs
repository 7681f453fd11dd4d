// Finds the system's Chromium, which the webview and end-to-end tests drive.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Absolute path of the browser, or null. */
export function findChromium() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"];
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** Installs it on Debian and Ubuntu, with MAFFT, which a few tests compare with where it is installed. */
export const chromiumCommand =
  "apt-get update && apt-get install -y --no-install-recommends chromium mafft";
