// The notices of third parties: whose code a package of the extension contains, and under which licences. A licence is what
// the package's own files say. Where it has none, it is the text of the licence that its package.json names.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import licenses from "spdx-license-list/full.js";

/** @typedef {{ name: string, texts: string[] }} Notice what is named, and its licence's texts */

const LICENCE_FILE = /^(licen[sc]e|copying|notice|unlicense)/i;

/**
 * The folders of the npm packages that files belong to.
 * @param {Iterable<string>} files paths with slashes, of any files
 * @returns {string[]} sorted, each once
 */
export function packageFolders(files) {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@.][^/]*(?=\/)/;
  const folders = [...files].flatMap((file) => folder.exec(file) ?? []);
  return [...new Set(folders)].sort();
}

/**
 * @param {string[]} folders of npm packages
 * @returns {Notice[]}
 * @throws {Error} naming every package that says nothing of its licence
 */
export function packageNotices(folders) {
  const notices = folders.map(packageNotice);
  const missing = notices.filter(({ texts }) => texts.length === 0).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`Without a licence: ${missing.join(", ")}.`);
  return notices;
}

/**
 * One text of all notices; what has the same licence, to the last name, stands together.
 * @param {Notice[]} notices
 */
export function noticesText(notices) {
  const names = new Map();
  for (const { name, texts } of notices) {
    const text = texts.map((part) => part.replaceAll("\r\n", "\n").trim()).join("\n\n");
    names.set(text, (names.get(text) ?? new Set()).add(name));
  }
  const parts = [...names].map(([text, named]) => `${[...named].join("\n")}\n\n${text}\n`);
  const rule = `\n${"-".repeat(80)}\n\n`;
  return ["Twinlens contains code of others, under these licences.\n", ...parts].join(rule);
}

/** @returns {Notice} */
function packageNotice(folder) {
  const facts = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const own = licenceFiles(folder).map((file) => readFileSync(file, "utf8"));
  const texts = own.length > 0 ? own : namedLicence(facts);
  return { name: `${facts.name} ${facts.version}`, texts };
}

/** A package's licence files, those of what it contains included, but not those of packages it has brought. */
function licenceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return licenceFiles(path);
      const isText = LICENCE_FILE.test(entry.name) && !/\.[cm]?[jt]s$/.test(entry.name);
      return isText ? [path] : [];
    });
}

function namedLicence({ name, author, license }) {
  const text = licenses[license]?.licenseText;
  if (text === undefined) return [];
  const holder = author?.name ?? author ?? `the authors of ${name}`;
  return [text.replace(/^(Copyright .*\n?)+/m, () => `Copyright (c) ${holder}\n`)];
}
