import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import {
  toCheckText,
  toQuantityCsv,
  toQuantityJson,
  toQuantityTable,
} from "../../src/cli/output/check";
import { parseStudy } from "../../src/formats/study/parseStudy";
import type { ResultCell, StudyResult } from "../../src/formats/study/studyResult";
import { toAnnotations } from "../../src/report/check/annotations";
import { askedFor } from "../../src/report/check/askedFor";
import { type Check, checkResult } from "../../src/report/check/checkResult";
import { besideBound, inDigits } from "../../src/report/check/digits";
import { toJUnit } from "../../src/report/check/junit";
import { parseThreshold } from "../../src/report/check/threshold";
import { quantityRows } from "../../src/report/study/quantities";
import { inventedResult } from "../support/studyResult";

const result = inventedResult();

interface Given {
  readonly of?: StudyResult;
  readonly allow?: boolean;
  readonly missing?: ReturnType<typeof askedFor>["missing"];
  readonly name?: string;
}

function check(
  text: string,
  { of = result, allow = false, missing = [], name }: Given = {},
): Check {
  const checked = { name: name ?? of.study, result: of, missing };
  return checkResult(checked, parseThreshold(text), allow);
}

/** The results with one cell changed. */
function withCell(
  corpus: string,
  measure: ResultCell["measure"],
  change: Partial<ResultCell>,
): StudyResult {
  const cells = result.cells.map((cell) =>
    cell.corpus === corpus && cell.measure === measure ? { ...cell, ...change } : cell,
  );
  return { ...result, cells };
}

const corporaOf = ({ numbers }: Check) => numbers.map(({ labels }) => labels.corpus);

describe("a check", () => {
  it("tests every number that its threshold matches", () => {
    const all = check("increase > 1000");
    expect(all).toMatchObject({ verdict: "kept", faults: [] });
    expect(all.numbers.map(({ labels }) => `${labels.stage} ${labels.corpus}`)).toEqual([
      "rlhf C4",
      "sft C4",
      "rlhf HH",
      "sft HH",
    ]);
    expect(corporaOf(check("increase{stage=rlhf, corpus!=C4} > 1000"))).toEqual(["HH"]);
    expect(corporaOf(check("ece{stage=sft} > 100"))).toEqual(["", "C4", "HH"]);
    expect(corporaOf(check("ece{stage=sft, corpus=''} > 100"))).toEqual([""]);
    expect(corporaOf(check("c1{text=greedy, stage=base, category=chat} > 100"))).toEqual(["HH"]);
  });

  it("is exceeded where the threshold is true, at the bound only with an equals sign", () => {
    const { value, low, high } = check("increase{stage=rlhf,corpus=C4}>0").numbers[0]!.interval!;
    const verdict = (end: string, operator: string, bound: number) =>
      check(`increase${end}{stage=rlhf,corpus=C4} ${operator} ${bound}`).verdict;
    for (const [end, bound] of [
      ["", value],
      [".low", low!],
      [".high", high!],
    ] as const) {
      expect([">", ">=", "<", "<="].map((operator) => verdict(end, operator, bound))).toEqual([
        "kept",
        "exceeded",
        "kept",
        "exceeded",
      ]);
      expect(verdict(end, ">", bound - 1e-9)).toBe("exceeded");
      expect(verdict(end, "<", bound + 1e-9)).toBe("exceeded");
    }
  });

  it("fails where nothing matches, and says what there is", () => {
    const unknown = check("increase{corpus=C5} > 1", { allow: true });
    expect(unknown).toMatchObject({
      verdict: "failed",
      numbers: [],
      faults: ['No increase matches: corpus is one of "C4", "HH".'],
    });
    const cells = result.cells.filter(({ measure }) => measure === "perplexity");
    expect(check("ece > 1", { of: { ...result, cells }, allow: true })).toMatchObject({
      verdict: "failed",
      faults: ["There is no ece, which calibration gives; measured is perplexity."],
    });
    expect(check("ece > 1", { of: { ...result, cells: [] } }).verdict).toBe("failed");
    expect(check("c1000 > 1").verdict).toBe("failed");
  });

  it("fails where what it matches is not complete, unless that is allowed", () => {
    const of = withCell("HH", "perplexity", { isComplete: false, measured: 6 });
    const half = check("increase > 1000", { of });
    expect(half.verdict).toBe("failed");
    expect(half.numbers).toHaveLength(4);
    expect(half.faults).toEqual(["HH, twins: perplexity is not complete: 6 documents so far."]);
    expect(check("increase > 1000", { of, allow: true })).toMatchObject({
      verdict: "kept",
      faults: half.faults,
    });
    expect(check("increase{corpus=C4} > 1000", { of }).verdict).toBe("kept");
    expect(check("ece > 100", { of }).verdict).toBe("kept");
    // What is too much already is too much.
    expect(check("increase > -100", { of }).verdict).toBe("exceeded");
  });

  it("sees incomplete cells that have no number yet, and in numbers over all corpora", () => {
    const of = withCell("HH", "calibration", { isComplete: false, groups: [], models: [] });
    expect(check("ece{corpus=C4} > 100", { of }).verdict).toBe("kept");
    for (const text of ["ece > 100", "ece{corpus=''} > 100", "ece{stage=rlhf} > 100"]) {
      expect(check(text, { of }).verdict, text).toBe("failed");
    }
    const own = withCell("HH", "own", { isComplete: false, groups: [], models: [] });
    expect(check("c1{text=given} > 100", { of: own }).verdict).toBe("kept");
    expect(check("c1{text=greedy} > 100", { of: own }).verdict).toBe("failed");
  });

  it("sees documents that could not be scored, and cells without a document", () => {
    const failed = [{ document: "a", reason: "too long" }];
    const scored = check("increase > 1000", { of: withCell("C4", "perplexity", { failed }) });
    expect(scored.verdict).toBe("failed");
    expect(scored.faults).toEqual(["C4, twins: 1 document could not be measured: too long"]);
    const empty = check("own-perplexity > 1e9", { of: withCell("C4", "own", { groups: [] }) });
    expect(empty.verdict).toBe("failed");
    expect(empty.faults).toEqual(["C4, twins: own has no document."]);
  });

  it("tests samples, and sees cells without a prompt", () => {
    expect(check("overlap > 100")).toMatchObject({ verdict: "kept", faults: [] });
    const of = withCell("C4", "samples", { samples: [] });
    expect(check("overlap > 100", { of })).toMatchObject({
      verdict: "failed",
      faults: ["C4, twins: samples has no prompt."],
    });
  });

  it("does not test ends of intervals that few documents do not have", () => {
    const few = inventedResult(4);
    expect(check("increase > 1000", { of: few }).verdict).toBe("kept");
    const ends = check("increase.low > 1000", { of: few, allow: true });
    expect(ends.verdict).toBe("failed");
    expect(ends.numbers.every(({ outcome }) => outcome === "untested")).toBe(true);
    expect(ends.faults).toEqual([
      "There is no interval of 4 numbers: a corpus has fewer than five documents.",
    ]);
  });

  it("fails where there is no number, which is neither above nor below anything", () => {
    const groups = result.cells[0]!.groups.map((group) => ({ ...group, against: {} }));
    const of = withCell("C4", "perplexity", { groups });
    expect(check("increase > 1000", { of }).verdict).toBe("failed");
    expect(check("increase{corpus=C4} > 1000", { of, allow: true }).verdict).toBe("failed");
    expect(check("increase > 1000", { of, allow: true }).verdict).toBe("kept");
  });
});

describe("a study's results", () => {
  const file = (more: object) =>
    parseStudy(JSON.stringify({ version: 1, corpora: [{ name: "C4", paths: "a" }], ...more }));

  it("are those that it asks for", () => {
    const asked = askedFor(file({ measures: ["perplexity"] }), result);
    expect(asked.result.cells).toEqual([result.cells[0]]);
    expect(asked.missing).toEqual([]);
  });

  it("lack what was not measured", () => {
    const pairs = ["twins", "others"].map((name) => ({ name, base: "b", rlhf: "r" }));
    const corpora = ["C4", "News"].map((name) => ({ name, paths: "a" }));
    const asked = askedFor(file({ pairs, corpora, measures: ["perplexity"] }), result);
    const missing = asked.missing.map(({ pair, corpus }) => `${pair} ${corpus}`);
    expect(missing).toEqual(["twins News", "others C4", "others News"]);
    const { verdict, faults } = check("increase{pair=twins} > 1000", {
      of: asked.result,
      missing: asked.missing,
    });
    expect(verdict).toBe("failed");
    expect(faults).toEqual(["News, twins: perplexity was not measured."]);
  });
});

const HOSTILE = "a\"<b>&amp;\u0000\u001b[31m\n::error::x\r%0A,:]]>\uFFFE\uD800\u202E'";
const hostile: StudyResult = {
  ...result,
  study: HOSTILE,
  cells: result.cells.map((cell) => ({ ...cell, pair: HOSTILE })),
};

interface Element {
  readonly $?: Record<string, string>;
  readonly _?: string;
  readonly [tag: string]: unknown;
}

/** The packager of extensions, a dependency of ours, brings this parser, without types. */
const { Parser } = createRequire(import.meta.url)("xml2js") as {
  readonly Parser: new (options: { strict: boolean }) => {
    readonly parseStringPromise: (text: string) => Promise<unknown>;
  };
};

/** Strict: what is no XML is refused. */
async function parsedXml(text: string): Promise<Element> {
  const root = await new Parser({ strict: true }).parseStringPromise(text);
  return (root as { testsuites: Element }).testsuites;
}

const inside = (element: Element, tag: string) => (element[tag] ?? []) as Element[];

describe("JUnit XML", () => {
  it("has a suite for each threshold, and a case for each number", async () => {
    const kept = check("increase{corpus=C4} > 1000");
    const exceeded = check("increase > -100");
    const nothing = check("increase{corpus=C5} > 1");
    const root = await parsedXml(toJUnit([kept, exceeded, nothing]));
    expect(root.$).toMatchObject({ tests: "7", failures: "4", errors: "1", skipped: "0" });
    const suites = inside(root, "testsuite");
    expect(suites.map(({ $ }) => [$!.name, $!.tests, $!.failures, $!.errors])).toEqual([
      ["invented: increase{corpus=C4} > 1000", "2", "0", "0"],
      ["invented: increase > -100", "4", "4", "0"],
      ["invented: increase{corpus=C5} > 1", "1", "0", "1"],
    ]);
    const cases = suites.flatMap((suite) => inside(suite, "testcase"));
    expect(cases.every(({ $ }) => $!.classname === "invented")).toBe(true);
    expect(new Set(cases.map(({ $ }) => $!.name)).size).toBe(cases.length);
    expect(cases[2]!.$!.name).toBe("increase > -100: twins, rlhf, C4, against base");
    const [failure] = inside(cases[2]!, "failure");
    expect(failure!.$!.message).toMatch(/^[\d.−]+ % \(95 %: .* to .*\) is above -100$/u);
    expect(failure!._).toBe(failure!.$!.message);
    expect(inside(cases[6]!, "error")[0]!._).toBe(nothing.faults[0]);
  });

  it("tells what is allowed to be missing without an error", async () => {
    const of = withCell("HH", "perplexity", { isComplete: false });
    const root = await parsedXml(toJUnit([check("increase > 1000", { of, allow: true })]));
    expect(root.$).toMatchObject({ tests: "5", failures: "0", errors: "0" });
    const last = inside(inside(root, "testsuite")[0]!, "testcase").at(-1)!;
    expect(last["system-out"]).toEqual([
      "HH, twins: perplexity is not complete: 6 documents so far.",
    ]);
  });

  it("keeps hostile names as text", async () => {
    const text = toJUnit([check("increase > -100", { of: hostile })]);
    // eslint-disable-next-line no-control-regex
    expect(text.trim()).not.toMatch(/[\u0000-\u0008\u000B-\u001F\uFFFE\uD800\u202E]/u);
    const [suite] = inside(await parsedXml(text), "testsuite");
    const [first] = inside(suite!, "testcase");
    expect(inside(suite!, "testcase")).toHaveLength(4);
    expect(first!.$!.name).toContain(`a"<b>&amp;␀␛[31m↵::error::x␍%0A,:]]>`);
  });
});

describe("annotations", () => {
  it("are errors, warnings or notices, one for each threshold", () => {
    const of = withCell("HH", "perplexity", { isComplete: false });
    const lines = toAnnotations([
      check("increase > 1000"),
      check("increase > -100"),
      check("increase > 1000", { of }),
      check("increase > 1000", { of, allow: true }),
    ]).split("\n");
    const title = "title=twinlens check%3A invented";
    expect(lines[0]).toBe(`::notice ${title}::increase > 1000: kept by 4 numbers.`);
    expect(lines[1]).toMatch(
      /^::error title=[^:,]*::increase > -100: exceeded by 4 of 4 numbers\.%0A/u,
    );
    expect(lines[1]!.split("%0A")).toHaveLength(5);
    expect(lines[2]).toMatch(/^::error .*not complete: 6 documents so far\.$/u);
    expect(lines[3]).toMatch(/^::warning .*: kept by 4 numbers\.%0AHH, /u);
    expect(lines.slice(4)).toEqual([""]);
  });

  it("let no name end a title, a line or an escape", () => {
    const text = toAnnotations([check("increase > -100", { of: hostile })]);
    expect(text.match(/\n/gu)).toHaveLength(1);
    // eslint-disable-next-line no-control-regex
    expect(text.trim()).not.toMatch(/[\u0000-\u001F\uD800\u202E]/u);
    const [, title, message] = /^::error title=([^:,]*)::(.*)\n$/u.exec(text)!;
    expect(title).toContain("%3A%3Aerror%3A%3Ax␍%250A%2C%3A]]>");
    // As GitHub reads it.
    const read = message!.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
    expect(read.split("\n")).toHaveLength(5);
    expect(read).toContain("␍%0A,:]]>");
  });

  it("name the first of many numbers", () => {
    const [message] = toAnnotations([check("c1 > -1")]).split("\n");
    expect(message!.split("%0A").at(-1)).toBe("and 7 more");
  });
});

describe("what the terminal shows", () => {
  it("says what each threshold matched", () => {
    const lines = toCheckText([check("increase > -100"), check("ece{corpus=X} > 1")]).split("\n");
    expect(lines[0]).toBe("increase > -100: exceeded by 4 of 4 numbers.");
    expect(lines[1]).toMatch(
      /^ {2}twins, rlhf, C4, against base {2}.* % \(95 %: .*\) {2}is above -100$/u,
    );
    expect(lines.slice(5)).toEqual([
      "",
      "ece{corpus=X} > 1: nothing matched.",
      '  No ece matches: corpus is one of "", "C4", "HH".',
      "",
    ]);
    const two = [check("ece > 100"), check("ece > 100", { name: "other" })];
    expect(toCheckText(two)).toMatch(/^invented: ece > 100: kept by 9 numbers\./u);
    const shown = toCheckText([check("increase > -100", { of: hostile })]);
    for (const hidden of ["\u001b", "\u202E"]) expect(shown).not.toContain(hidden);
  });

  it("lists numbers as a table, CSV and JSON", () => {
    const rows = quantityRows(result).filter(({ quantity }) => quantity === "ece");
    const studies = [{ name: "invented", rows }];
    const table = toQuantityTable(studies).trimEnd().split("\n");
    expect(table[0]).toMatch(
      /^quantity {2}pair +stage +corpus +category +unit +value +low +high$/u,
    );
    expect(table).toHaveLength(1 + rows.length);
    const csv = toQuantityCsv(studies).split("\r\n");
    expect(csv[0]).toBe(
      "study,quantity,pair,stage,corpus,category,against,text,writer,probe,target,ahead,layer,place,weights,moment,round,held-out,value,low,high,unit",
    );
    const { value, low, high } = rows[0]!.interval!;
    expect(csv[1]).toBe(`invented,ece,twins,base,,,,,,,,,,,,,,,${value},${low},${high},%`);
    const [first] = JSON.parse(toQuantityJson(studies)) as unknown[];
    expect(first).toEqual({
      ...{ study: "invented", quantity: "ece", pair: "twins", stage: "base", corpus: null },
      ...{ category: null, against: null, text: null, writer: null, probe: null, target: null },
      ...{
        ahead: null,
        layer: null,
        place: null,
        weights: null,
        moment: null,
        round: null,
        "held-out": null,
        value,
        low,
        high,
        unit: "%",
      },
    });
  });

  it("writes as many digits as tell a number from its bound", () => {
    expect(besideBound(20.000001, 20)).toBe("20.000001");
    expect(besideBound(20, 20)).toBe("20.00");
    expect(besideBound(-0.1, 20)).toBe("−0.1000");
    expect([0, 1234.5, 99.996, 0.000123456, Infinity].map((value) => inDigits(value))).toEqual([
      "0.000",
      "1,235",
      "100.0",
      "0.0001235",
      "∞",
    ]);
  });
});
