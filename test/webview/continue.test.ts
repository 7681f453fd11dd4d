/** The panel of continuations in a real browser: what it shows is compared with what it was told. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  ContinuationNode,
  ContinuationsView,
  ContinuationTreeNode,
  FromContinuations,
  ToContinuations,
  TryNode,
} from "../../src/protocol/continuationPanel";
import type { Role } from "../../src/protocol/roles";
import { launchBrowser } from "../support/browser";
import { openPanel, type PanelPage, screenshot } from "./panelPage";
import { allThemes, darkTheme } from "./themes";

let browser: Browser;
let panel: PanelPage<ToContinuations, FromContinuations>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  panel = await openPanel(browser, "continue", darkTheme);
});
afterEach(async () => {
  expect(panel.complaints).toEqual([]);
  await panel.page.close();
});

const drawing = { maxTokens: 40, temperature: 1, topPBase: 0.7, topPRlhf: 0.9 };
const place: ContinuationTreeNode = {
  kind: "place",
  id: 1,
  parent: null,
  uri: "file:///work/night-ferry.md",
  title: "night-ferry.md",
  start: 400,
  before:
    "Every evening at nine the ferry left the little harbour. The old man counted the lights and",
  blank: " ",
  after: "went home.",
  isAdrift: false,
};

function attempt(id: number, parent: number, changes: Partial<TryNode> = {}): TryNode {
  const way = { pair: "Embedded pair", seed: 1, drawing, wanted: 8 };
  const start = { after: 0, first: "", token: null };
  return { kind: "try", id, parent, ...way, ...start, cut: {}, ...changes };
}

/** Each word is a token. */
function continuation(
  id: number,
  parent: number,
  role: Role,
  sample: number,
  text: string,
): ContinuationNode {
  const starts = [...text.matchAll(/\s*\S+/gu)].map(({ index }) => index);
  const ended = sample === 2 ? "end" : "length";
  return { kind: "continuation", id, parent, role, sample, text, starts, ended };
}

const BASE = [
  " turned towards the dark shore, where the first houses stood among the rocks and nobody waited for him any more",
  " the boats, and when he had done so he began again from the other end",
  " <img src=x onerror=alert(1)> **bold** [x](command:workbench.action.quit)\u202e\u0007",
];
const RLHF = [
  " smiled. It was a beautiful evening, and he was grateful for every one of them.",
  " went home to his family, who were waiting for him with a warm dinner.",
  " smiled to himself.",
];
const drawn = [
  ...BASE.map((text, i) => continuation(3 + i, 2, "base", i, text)),
  ...RLHF.map((text, i) => continuation(6 + i, 2, "rlhf", i, text)),
];
const nodes: readonly ContinuationTreeNode[] = [
  place,
  attempt(2, 1, { wanted: 3 }),
  ...drawn,
  attempt(9, 6, { after: 8, wanted: 2 }),
  continuation(10, 9, "base", 0, " Then he took up the oars"),
  continuation(11, 9, "rlhf", 0, " He knew that tomorrow would be another day."),
  attempt(12, 1, { first: " moon", token: { role: "base", id: 9 }, cut: { base: 2007 } }),
  continuation(13, 12, "base", 0, " rose"),
];

function view(changes: Partial<ContinuationsView> = {}): ToContinuations {
  const choice = { samples: 8, ...drawing };
  const idle = { drawing: null, failure: null, canUndo: false, only: null } as const;
  return { type: "show", view: { nodes, selected: 6, choice, next: "add", ...idle, ...changes } };
}

const button = (name: string | RegExp) =>
  panel.page.getByRole("button", { name, exact: typeof name === "string" });
const rows = () => panel.page.getByRole("treeitem").allInnerTexts();
const press = (key: string) => panel.page.keyboard.press(key);
const focusedRow = () =>
  panel.page.evaluate(() => document.activeElement?.querySelector(".label")?.textContent);
const column = (role: Role) =>
  panel.page
    .locator(`.column.${role} .continuation`)
    .evaluateAll((all) => all.map((one) => one.textContent));

describe("a try", () => {
  test("has both models' continuations side by side, after the text that leads to it", async () => {
    await panel.waitFor("ready");
    await panel.page.getByText("Waiting for what was tried …").waitFor();
    await panel.send(view());
    expect(await column("base")).toEqual([BASE[0], BASE[1], `${BASE[2]}ends here`]);
    expect(await column("rlhf")).toEqual([RLHF[0], RLHF[1], `${RLHF[2]}ends here`]);
    const text = panel.page.getByRole("region", { name: "Text up to here" });
    expect(await text.evaluate((box) => box.textContent)).toBe(
      "… evening at nine the ferry left the little harbour. The old man counted the lights and",
    );
    expect(await panel.page.locator("img, a").count()).toBe(0);
    await panel.send(view({ selected: 11 }));
    expect(await text.evaluate((box) => box.textContent)).toMatch(/lights and smiled\.$/u);
    expect(await column("base")).toEqual([" Then he took up the oars"]);
    await panel.send(view({ selected: 12 }));
    expect(await column("base")).toEqual([" moon rose"]);
    await panel.page.getByText("base has read the last 2,007 tokens before it").waitFor();
  });

  test("is drawn: how, how far, cancelled, and what went wrong", async () => {
    await panel.send(view({ selected: 2, drawing: 2 }));
    await panel.send({ type: "progress", step: { phase: "drawing", fraction: 0.42 } });
    await panel.page.getByText("Drawing, 42 %").waitFor();
    await button("Cancel").click();
    await panel.waitFor("cancel");
    await panel.send(view({ selected: 2, next: "finish", failure: "Cancelled. <b>x</b>" }));
    await panel.page.getByText("Cancelled. <b>x</b>").waitFor();
    await button("Draw the Rest").click();
    expect(await panel.waitFor("draw")).toEqual({ type: "draw", id: 2 });
    const temperature = panel.page.getByRole("spinbutton", { name: "Temperature" });
    await temperature.fill("0.5");
    await press("Enter");
    const choice = { samples: 8, ...drawing };
    expect(await panel.waitFor("choose")).toEqual({
      type: "choose",
      choice: { ...choice, temperature: 0.5 },
    });
    await panel.send(view({ choice: { ...choice, temperature: 0.5 }, next: "begin" }));
    await button("Draw 8").waitFor();
    // What is no number within the bounds is put back.
    await temperature.fill("11");
    await press("Enter");
    await expect.poll(() => temperature.inputValue()).toBe("0.5");
  });

  test("of a pair of one model says so", async () => {
    const one = nodes.filter((node) => node.kind !== "continuation" || node.role === "base");
    await panel.send(view({ nodes: one, selected: 2, only: "base" }));
    await panel.page.getByText("The base model goes on alone.").waitFor();
    expect(await panel.page.locator(".column").filter({ visible: true }).count()).toBe(1);
    await button("Choose a pair").click();
    await panel.waitFor("choosePair");
  });
});

describe("a continuation", () => {
  test("is selected, inserted, copied, gone on with and removed, whole or up to one of its tokens", async () => {
    await panel.send(view());
    await button(/^RLHF 2: /u).click();
    expect(await panel.waitFor("select")).toEqual({ type: "select", id: 7 });
    await panel.send(view({ selected: 7 }));
    await button("Insert RLHF 2").click();
    const whole = RLHF[1]!;
    expect(await panel.waitFor("insert")).toEqual({ type: "insert", id: 7, upTo: whole.length });
    await panel.answer("insert", "The place can't be found in night-ferry.md any more.");
    await panel.page.getByText("The place can't be found in night-ferry.md any more.").waitFor();
    const slider = panel.page.getByRole("slider", { name: "Tokens of RLHF 2" });
    await slider.focus();
    await press("Home");
    for (let i = 1; i < 5; i++) await press("ArrowRight");
    await panel.page.getByText("5 of 14 tokens").waitFor();
    const upTo = " went home to his family,".length;
    await button("Copy RLHF 2").click();
    expect(await panel.waitFor("copy")).toEqual({ type: "copy", id: 7, upTo });
    await button("Continue After This: RLHF 2").click();
    expect(await panel.waitFor("goOn")).toEqual({ type: "goOn", id: 7, upTo });
    await button("Remove RLHF 2").click();
    expect(await panel.waitFor("remove")).toEqual({ type: "remove", id: 7 });
  });

  test("keeps the focus while others come", async () => {
    await panel.send(view({ nodes: nodes.slice(0, 4), selected: 2, drawing: 2 }));
    await button(/^Base 1: /u).focus();
    await panel.send(view({ nodes: nodes.slice(0, 7), selected: 2, drawing: 2 }));
    await button(/^RLHF 1: /u).waitFor();
    expect(await panel.page.evaluate(() => document.activeElement?.ariaLabel)).toMatch(
      /^Base 1: /u,
    );
  });
});

describe("the tree", () => {
  test("shows what leads to the selected node, and is walked with the keys", async () => {
    await panel.send(view({ selected: 2 }));
    expect(await rows()).toEqual([
      "▾\nnight-ferry.md, after “…old man counted the lights and”",
      "▸\n3 base, 3 RLHF",
      "▸\n1 base, from “moon”",
    ]);
    await panel.send(view({ selected: 9 }));
    expect((await rows()).map((row) => row.split("\n").at(-1))).toEqual([
      "night-ferry.md, after “…old man counted the lights and”",
      "3 base, 3 RLHF",
      "Base 1: turned towards the dark shore, where the first houses stood…",
      "Base 2: the boats, and when he had done so he began again from the …",
      "Base 3: <img src=x onerror=alert(1)> **bold** [x](command:workbench…",
      "RLHF 1: smiled. It was a beautiful evening, and he was grateful for…",
      "1 base, 1 RLHF, after “smiled.”",
      "RLHF 2: went home to his family, who were waiting for him with a wa…",
      "RLHF 3: smiled to himself.",
      "1 base, from “moon”",
    ]);
    await panel.page.getByRole("treeitem", { selected: true }).focus();
    expect(await focusedRow()).toBe("1 base, 1 RLHF, after “smiled.”");
    await press("ArrowRight");
    await press("ArrowDown");
    expect(await focusedRow()).toBe("Base 1: Then he took up the oars");
    await press("Enter");
    expect(await panel.waitFor("select")).toEqual({ type: "select", id: 10 });
    for (let i = 0; i < 6; i++) await press("ArrowLeft");
    expect(await focusedRow()).toBe("3 base, 3 RLHF");
    expect((await rows()).length).toBe(3);
    await press("End");
    await press("Delete");
    expect(await panel.waitFor("remove")).toEqual({ type: "remove", id: 12 });
    await panel.send(view({ nodes: nodes.slice(0, -2), selected: 2, canUndo: true }));
    expect(await focusedRow()).toBe("3 base, 3 RLHF");
    await button(/^Undo/u).click();
    await panel.waitFor("undo");
  });

  test("that is empty explains itself, and can be had back", async () => {
    await panel.send(view({ nodes: [], selected: null, next: "begin", canUndo: true }));
    await panel.page.getByText("Nothing has been tried yet.").waitFor();
    await button(/^Undo/u).waitFor();
    expect(await button("Clear All").isVisible()).toBe(false);
  });
});

test("the panel in all themes, and in a narrow column", async () => {
  for (const theme of allThemes) {
    await panel.setTheme(theme);
    await panel.send(view({ selected: 6 }));
    await button("Insert RLHF 1").waitFor();
    await screenshot(panel.page, `continue-${theme.name}`);
  }
  await panel.setTheme(darkTheme);
  await panel.page.setViewportSize({ width: 520, height: 900 });
  await screenshot(panel.page, "continue-narrow");
  const overflow = await panel.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
