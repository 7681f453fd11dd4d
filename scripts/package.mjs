// Packs the extension for this platform into one .vsix: `npm run package`. `.vscodeignore` says what goes in.
import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVSIX } from "@vscode/vsce";
import { noticesText, packageNotices } from "./notices.mjs";
import { llamaNotices, shippedPackages } from "./shipped.mjs";

process.chdir(join(import.meta.dirname, ".."));
const build = spawnSync(process.execPath, ["esbuild.mjs"], { stdio: "inherit" });
if (build.status !== 0) process.exit(1);

const notices = [...llamaNotices(), ...packageNotices(await shippedPackages())];
writeFileSync("dist/ThirdPartyNotices.txt", noticesText(notices));

// The llama.cpp build and koffi's library in node_modules are this platform's.
const target = `${process.platform}-${process.arch}`;
const packagePath = `twinlens-${target}.vsix`;
// Without a public repository README's pictures have no address: they stay paths into the package.
const local = { allowMissingRepository: true, rewriteRelativeLinks: false };
await createVSIX({ cwd: ".", packagePath, target, ...local });

console.log(`${packagePath}: ${(statSync(packagePath).size / 1e6).toFixed(1)} MB`);
