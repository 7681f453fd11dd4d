import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";

/** Characters that a reader takes in at a glance. */
const LONGEST = 200;

const sources = ["src", "webview"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")),
  )
  .join("\n");

it.each(Object.entries(EXPLANATIONS))(
  "explains %s in short sentences, and not by its name",
  (quantity, explanation) => {
    expect(explanation.length).toBeLessThan(LONGEST);
    expect(explanation).toMatch(/^[A-Z±].*\.$/);
    const name = quantity.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const said =
      explanation
        .toLowerCase()
        .replaceAll(name, "")
        .match(/\p{L}+/gu) ?? [];
    expect(said.length).toBeGreaterThan(8);
  },
);

it("explains each quantity in words of its own, where it is shown", () => {
  const all = Object.values(EXPLANATIONS);
  expect(new Set(all).size).toBe(all.length);
  const used = new Set([...sources.matchAll(/EXPLANATIONS\.(\w+)/g)].map(([, key]) => key));
  expect(used).toEqual(new Set(Object.keys(EXPLANATIONS)));
});
