import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../support/folders";
import { useWorkbench } from "../support/useWorkbench";
import { runCommand } from "../support/workbench";
import { pairSettings, story } from "./documents";
import { statusOf } from "./shown";

interface PackageFacts {
  readonly name: string;
  readonly version: string;
}

const target = `${process.platform}-${process.arch}`;
const workbench = useWorkbench(() => {
  // `npm test` has just packed it.
  if (process.env["TWINLENS_BUILT"] !== "1")
    execFileSync(process.execPath, ["scripts/package.mjs"], { stdio: "inherit" });
  return {
    extension: `twinlens-${target}.vsix`,
    folder: folderWith({ "story.md": story }),
    openFile: "story.md",
    machineSettings: pairSettings,
  };
});

test("the packed extension installs and highlights a document", async () => {
  await runCommand(workbench(), "Twinlens: Highlight Document");
  expect(await statusOf(workbench().page, "PPL")).toMatch(/^test pair: /);
});

/** The folder that the packed extension is installed in. */
function installedFolder(): string {
  const extensions = join(workbench().home, "extensions");
  return join(
    extensions,
    readdirSync(extensions).find((name) => name.startsWith("twinlens."))!,
  );
}

test("the package holds one platform's libraries and nothing of development", () => {
  const folder = installedFolder();
  expect(readdirSync(join(folder, "node_modules/@node-llama-cpp"))).toEqual([target]);
  expect(readdirSync(folder)).not.toContain("src");
  expect(readdirSync(folder)).not.toContain("test");
  const files = readdirSync(folder, { recursive: true }).map(String);
  expect(files.filter((file) => /\.(bundle|map|ts|tsx)$|\.test\./.test(basename(file)))).toEqual(
    [],
  );
  // Packing writes some names in small letters.
  const packed = new Set(files.map((file) => file.toLowerCase()));
  const links = [...readFileSync("README.md", "utf8").matchAll(/\]\((?!https?:)([^)#\s]+)/g)];
  expect(links.length).toBeGreaterThan(0);
  for (const [, link] of links) expect(packed).toContain(link!.toLowerCase());
});

test("the licence of every package in it goes with it", () => {
  const folder = installedFolder();
  const notices = readFileSync(join(folder, "dist/ThirdPartyNotices.txt"), "utf8");
  const lines = new Set(notices.split("\n"));
  const files = readdirSync(folder, { recursive: true }).map(String);
  const packages = files.filter(
    (file) =>
      /(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/.test(dirname(file)) &&
      basename(file) === "package.json",
  );
  expect(packages.length).toBeGreaterThan(0);
  for (const file of packages) {
    const { name, version } = JSON.parse(readFileSync(join(folder, file), "utf8")) as PackageFacts;
    expect(lines).toContain(`${name} ${version}`);
  }
});
