// Starts and ends the VS Code server of an installed editor host.
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { URLSearchParams } from "node:url";
import { promisify } from "node:util";

/**
 * Starts the server on a free port of 127.0.0.1 and waits until it answers. All it keeps goes into `home`.
 * Every page and program of this machine can reach that port, so the server asks for a token that only its addresses
 * carry.
 *
 * @param {object} options
 * @param {{ node: string, serverMain: string }} options.host - as `installEditorHost` gives it
 * @param {string} options.home - folder for settings and state; what `extensions` in it holds is installed as well
 * @param {string} options.extension - the extension: an unpacked folder, or a .vsix
 * @param {object} options.settings - the user's settings
 * @param {object} [options.machineSettings] - settings of machine scope, which a server keeps apart
 * @param {boolean} [options.workspaceTrust] - ask whether a folder is trusted; without it every folder is
 * @param {Record<string, string>} [options.env] - added to the environment
 * @param {(line: string) => void} [options.log] - gets what the server prints
 */
export async function startEditorServer(options) {
  const { host, home, settings, machineSettings = {}, workspaceTrust = false } = options;
  const token = randomBytes(16).toString("hex");
  const tokenFile = join(home, "token");
  const extensions = join(home, "extensions");
  const folders = [
    ...["--server-data-dir", join(home, "server"), "--user-data-dir", join(home, "user")],
    ...["--extensions-dir", extensions],
  ];
  const env = { ...cleanEnvironment(), ...options.env };
  if (options.extension.endsWith(".vsix")) {
    const install = ["--install-extension", resolve(options.extension)];
    await promisify(execFile)(host.node, [host.serverMain, ...folders, ...install], { env });
  } else await linkExtension(options.extension, extensions);
  await writeJson(join(home, "user/User/settings.json"), settings);
  await writeJson(join(home, "user/Machine/settings.json"), machineSettings);
  await writeFile(tokenFile, token, { mode: 0o600 });
  const server = spawn(
    host.node,
    [
      host.serverMain,
      "--accept-server-license-terms",
      ...["--host", "127.0.0.1", "--port", "0", "--connection-token-file", tokenFile],
      ...folders,
      ...["--disable-telemetry", "--telemetry-level", "off"],
      ...(workspaceTrust ? [] : ["--disable-workspace-trust"]),
    ],
    // A process group of its own, so that the whole tree can be ended at once.
    { env, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const stop = () => {
    try {
      process.kill(-server.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
    return ended;
  };
  process.once("exit", stop);
  const port = await listeningPort(server, options.log ?? (() => {}));
  const authority = `127.0.0.1:${port}`;
  return {
    pid: server.pid,
    authority,
    /** Resolves when the server has ended by itself or by `stop`. */
    ended,
    stop,
    /** The address of a window on `folder`, with the file `openFile` open if one is named. */
    windowUrl: (/** @type {string} */ folder, /** @type {string | undefined} */ openFile) => {
      const payload = [["skipWelcome", "true"]];
      if (openFile) payload.push(["openFile", `vscode-remote://${authority}${openFile}`]);
      const query = new URLSearchParams({ tkn: token, folder, payload: JSON.stringify(payload) });
      return `http://${authority}/?${query}`;
    },
  };
}

/**
 * Puts the unpacked extension among the installed ones: a built VS Code takes a development folder only together with its
 * smoke test driver, which switches notifications off. The manifest is copied, because VS Code may write into it.
 */
async function linkExtension(extension, extensions) {
  const manifest = JSON.parse(await readFile(join(extension, "package.json"), "utf8"));
  const installed = join(extensions, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  await mkdir(installed, { recursive: true });
  for (const name of await readdir(extension)) {
    const [from, to] = [resolve(extension, name), join(installed, name)];
    await (name === "package.json" ? copyFile(from, to) : symlink(from, to));
  }
}

/** Without the settings of an editor that this process may have been started from. */
function cleanEnvironment() {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_ENV$|VITEST)/.test(name),
  );
  // No gallery: nothing is fetched from the network.
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: "{}" };
}

async function writeJson(file, value) {
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, JSON.stringify(value, null, 2));
}

/** The server names its port when it listens. */
function listeningPort(server, log) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`The editor server ended with ${code}.`)));
    for (const stream of [server.stdout, server.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        log(line);
        const port = /Extension host agent listening on (\d+)/.exec(line)?.[1];
        if (port) resolve(Number(port));
      });
  });
}
