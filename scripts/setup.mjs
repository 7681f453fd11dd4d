// What the tests need from the system, in addition to Node.
import { spawnSync } from "node:child_process";
import { chromiumCommand, findChromium } from "./chromium.mjs";

const asRoot = process.getuid?.() === 0 ? chromiumCommand : `sudo sh -c '${chromiumCommand}'`;

/** The command that would install what is missing, or null when everything is there. */
export function missingSystemCommand() {
  return findChromium() === null ? asRoot : null;
}

/** Installs what is missing; afterwards `missingSystemCommand` says whether that worked. */
export function installSystemPackages() {
  if (findChromium() !== null) return;
  console.log(`Installing Chromium: ${asRoot}`);
  spawnSync("sh", ["-c", asRoot], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
