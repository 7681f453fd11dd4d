/** Checks as JUnit XML, in the part of it that CI systems agree on: suites, cases, failures and errors. */
import { visibleText } from "../../analysis/presentation/format";
import { type Markup, markup, markupText } from "../plot/markup";
import type { Check, CheckedNumber } from "./checkResult";
import { exceededWords, numberName, numberText, verdictLine } from "./checkWords";

/**
 * A suite for each threshold and study, a case for each number that it matches, and one more where something could not be
 * tested. A case's class is the study; within it, its name is its own.
 */
export function toJUnit(checks: readonly Check[]): string {
  const suites = checks.map((check) => ({ check, cases: casesOf(check) }));
  const root = element(
    "testsuites",
    { name: "twinlens check", ...countsOf(suites.flatMap(({ cases }) => cases)) },
    suites.map(({ check, cases }) =>
      element(
        "testsuite",
        { name: `${check.name}: ${check.threshold.text}`, ...countsOf(cases) },
        cases,
      ),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markupText(root)}\n`;
}

function casesOf(check: Check): Markup[] {
  const { name, threshold, numbers, faults } = check;
  const testCase = (what: string, outcome: readonly Markup[]) =>
    element(
      "testcase",
      { classname: name, name: `${threshold.text}: ${what}`, time: "0" },
      outcome,
    );
  const tested = numbers.map((number) =>
    testCase(numberName(threshold, number.labels), numberOutcome(check, number)),
  );
  return faults.length === 0
    ? tested
    : [...tested, testCase("everything was measured", [faultOutcome(check)])];
}

function numberOutcome({ threshold }: Check, number: CheckedNumber): Markup[] {
  switch (number.outcome) {
    case "kept":
      return [];
    case "exceeded": {
      const words = `${numberText(number, threshold)} ${exceededWords(threshold)}`;
      return [fault("failure", "exceeded", words, words)];
    }
    case "untested":
      return [element("skipped", { message: "There is no number to test." }, [])];
  }
}

/** What is allowed to be missing is no error. */
function faultOutcome(check: Check): Markup {
  const all = check.faults.join("\n");
  return check.isSound
    ? element("system-out", {}, [visibleLines(all)])
    : fault("error", "untested", verdictLine(check), all);
}

/** Some systems show the message, and others what stands inside. */
function fault(tag: "failure" | "error", type: string, message: string, all: string): Markup {
  return element(tag, { message, type }, [visibleLines(all)]);
}

function countsOf(cases: readonly Markup[]): Record<string, string> {
  const count = (tag: string) =>
    cases.filter(({ children }) =>
      children.some((child) => typeof child !== "string" && child.tag === tag),
    ).length;
  const [failures, errors, skipped] = ["failure", "error", "skipped"].map(count);
  return {
    tests: String(cases.length),
    failures: String(failures),
    errors: String(errors),
    skipped: String(skipped),
    time: "0",
  };
}

/** Names of studies and files are made visible: a line break in an attribute would be read as a blank. */
function element(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Markup | string)[],
): Markup {
  const visible = Object.entries(attributes).map(([name, value]) => [name, visibleText(value)]);
  return markup(tag, Object.fromEntries(visible) as Record<string, string>, ...children);
}

function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}
