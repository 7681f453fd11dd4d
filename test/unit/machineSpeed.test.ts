import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const module = pathToFileURL(resolve("scripts/machineSpeed.mjs")).href;

/** What a fresh process says, with `given` in its environment. */
function slownessGiven(given: string | undefined): { slowness: number; passedOn: string } {
  const script = `import { slowness } from ${JSON.stringify(module)};
    console.log(JSON.stringify({ slowness: slowness(), passedOn: process.env.TWINLENS_SLOWNESS }));`;
  const args = ["--input-type=module", "--eval", script];
  return JSON.parse(
    execFileSync(process.execPath, args, {
      encoding: "utf8",
      env: { ...process.env, TWINLENS_SLOWNESS: given },
    }),
  ) as { slowness: number; passedOn: string };
}

it("is measured, and handed on", () => {
  const { slowness, passedOn } = slownessGiven(undefined);
  expect(slowness).toBeGreaterThanOrEqual(1);
  expect(slowness).toBeLessThanOrEqual(6);
  expect(Number(passedOn)).toBe(slowness);
});

it("is what was measured before, within its bounds", () => {
  const given = ["2.5", "0.1", "1e9", "fast"].map((value) => slownessGiven(value).slowness);
  expect(given).toEqual([2.5, 1, 6, 1]);
});

it("is measured once for all tests", () => {
  expect(process.env["TWINLENS_SLOWNESS"]).toMatch(/^\d\.\d\d$/);
});
