import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { noticesText, packageFolders, packageNotices } from "../../scripts/notices.mjs";

/** A folder that holds a package with these facts and files, and the package's folder in it. */
function packageWith(
  facts: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), "twinlens-package-"));
  const all = { "package.json": JSON.stringify({ version: "1.2.3", ...facts }), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("files belong to the innermost package", () => {
  const files = [
    "README.md",
    "node_modules/zod/v4/core.js",
    "node_modules/zod/index.js",
    "node_modules/@a/b/lib/c.js",
    "node_modules/@a/b/node_modules/d/e.js",
    "node_modules/.bin/f",
  ];
  expect(packageFolders(files)).toEqual([
    "node_modules/@a/b",
    "node_modules/@a/b/node_modules/d",
    "node_modules/zod",
  ]);
});

test("a package's notice is what its own files say, those of what it contains included", () => {
  const folder = packageWith(
    { name: "ferry", license: "MIT" },
    {
      license: "Ferry's licence",
      "vendor/bell/LICENCE.md": "The bell's licence",
      "node_modules/rope/LICENSE": "The rope's licence",
      "license.js": "code",
    },
  );
  expect(packageNotices([folder])).toEqual([
    { name: "ferry 1.2.3", texts: ["Ferry's licence", "The bell's licence"] },
  ]);
});

test("a package without a licence file has the licence that it names, with its author", () => {
  const named = { name: "ferry", license: "MIT", author: { name: "Ada" } };
  const nobody = { name: "rope", license: "ISC" };
  const [mit, isc] = packageNotices([packageWith(named), packageWith(nobody)]);
  expect(mit!.texts[0]).toMatch(/^MIT License\n\nCopyright \(c\) Ada\n\nPermission is hereby/);
  expect(isc!.texts[0]).toMatch(/^ISC License:\n\nCopyright \(c\) the authors of rope\n\nPermiss/);
});

test("packages that say nothing of their licence are named", () => {
  const folders = [
    packageWith({ name: "ferry", license: "MIT" }),
    packageWith({ name: "rope" }),
    packageWith({ name: "bell", license: "SEE LICENSE IN harbour.txt" }),
  ];
  expect(() => packageNotices(folders)).toThrow("Without a licence: rope 1.2.3, bell 1.2.3.");
});

test("packages of one licence stand together", () => {
  const text = noticesText([
    { name: "a 1", texts: ["One\r\nlicence\n"] },
    { name: "b 1", texts: ["Another"] },
    { name: "c 1", texts: ["One\nlicence"] },
  ]);
  expect(text.split(/\n-{80}\n\n/).slice(1)).toEqual([
    "a 1\nc 1\n\nOne\nlicence\n",
    "b 1\n\nAnother\n",
  ]);
});
