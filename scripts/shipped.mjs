// What of others goes into the package: npm packages, packed as they are or bundled, and llama.cpp.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFiles } from "@vscode/vsce";
import { bundledFiles } from "./bundled.mjs";
import { packageFolders } from "./notices.mjs";

/** The folders of all npm packages that go into the package. */
export async function shippedPackages() {
  return packageFolders([...(await listFiles({ cwd: "." })), ...bundledFiles()]);
}

/**
 * llama.cpp and what it contains. Its prebuilt libraries come without their licences, but node-llama-cpp brings the
 * release's sources as well, as a bundle of git.
 * @returns {import("./notices.mjs").Notice[]}
 */
export function llamaNotices() {
  const folder = "node_modules/node-llama-cpp/llama";
  const { tag } = JSON.parse(readFileSync(join(folder, "llama.cpp.info.json"), "utf8"));
  const repository = mkdtempSync(join(tmpdir(), "twinlens-llama-"));
  const git = (...args) => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" });
  try {
    execFileSync("git", ["clone", "-q", "--bare", join(folder, "gitRelease.bundle"), repository]);
    const files = git("ls-tree", "-r", "--name-only", "HEAD").split("\n");
    const licences = files.filter((file) => /^(licenses\/|vendor\/.*)?LICENSE[^/]*$/.test(file));
    return licences.map((file) => ({
      name: file === "LICENSE" ? `llama.cpp ${tag}` : `llama.cpp ${tag}: ${file}`,
      texts: [git("show", `HEAD:${file}`)],
    }));
  } finally {
    rmSync(repository, { recursive: true });
  }
}
