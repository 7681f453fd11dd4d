import { execFileSync } from "node:child_process";

/** Builds dist/ before tests that run it, unless `npm test` has just done so. */
export default function setup(): void {
  if (process.env["TWINLENS_BUILT"] === "1") return;
  execFileSync(process.execPath, ["esbuild.mjs"], { stdio: "inherit" });
}
