import { expect, it } from "vitest";
import { EXPLANATIONS } from "../../src/analysis/quantities";

/** Characters that a reader takes in at a glance. */
const LONGEST = 200;

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
