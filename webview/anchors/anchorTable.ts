/** All anchors of both models as a table; a row marks its anchor everywhere. */
import { ROLE_TITLES } from "../../src/protocol/roles";
import { NOT_MEASURED } from "../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../src/analysis/presentation/quantities";
import { countCodePoints } from "../../src/analysis/text/codePoints";
import { saveButtons } from "../charts/saveButtons";
import { toTableCsv } from "../charts/tableCsv";
import { numberColumn, type Table, tableElement } from "../charts/table";
import { element } from "../kit/dom";
import { colorClass } from "./samples/sampleText";
import { anchorsAgainstChance, type Mark, type RoleState } from "./state";

export interface AnchorTable {
  readonly root: HTMLElement;
  readonly show: (roles: readonly RoleState[]) => void;
  readonly mark: (mark: Mark | null) => void;
}

export function anchorTable(
  markAnchor: (mark: Mark) => void,
  saveCsv: (name: string, text: string) => Promise<void>,
): AnchorTable {
  let table: Table = tableOf([]);
  let marked: Mark | null = null;
  /** The anchor of each row. */
  let rows: readonly Mark[] = [];
  const body = element("div", {
    class: "scroll tall",
    tabindex: "0",
    role: "region",
    "aria-label": "Anchors",
  });
  const { buttons, problem } = saveButtons("Anchors", "normal", [
    { format: "CSV", save: () => saveCsv("anchors", toTableCsv(table)) },
  ]);
  const root = element(
    "section",
    { class: "anchors" },
    element("div", { class: "tools" }, buttons),
    problem,
    element(
      "p",
      { class: "muted" },
      "Each model's bits come from scoring the samples, whoever drew them, after its own form of the prompt.",
    ),
    body,
  );

  function fill(roles: readonly RoleState[]): void {
    table = tableOf(roles);
    rows = roles.flatMap(({ role, anchors }) =>
      (anchors?.anchors ?? []).map((_, anchor) => ({ role, anchor })),
    );
    const shown = tableElement(table);
    Array.from(shown.tBodies[0]?.rows ?? []).forEach((row, i) => {
      const mark = rows[i];
      if (mark) makeChoosable(row, mark);
    });
    body.replaceChildren(shown);
    showMark();
  }

  function makeChoosable(row: HTMLTableRowElement, mark: Mark): void {
    row.tabIndex = 0;
    row.cells[1]?.prepend(element("span", { class: `dot ${colorClass(mark.anchor)}` }));
    row.addEventListener("click", () => markAnchor(mark));
    row.addEventListener("keydown", (event) => {
      if (event.key === "Enter") markAnchor(mark);
    });
  }

  function showMark(): void {
    Array.from(body.querySelectorAll("tbody tr")).forEach((row, i) => {
      const { role, anchor } = rows[i] ?? {};
      row.setAttribute("aria-selected", String(marked?.role === role && marked?.anchor === anchor));
    });
  }

  return {
    root,
    show: fill,
    mark: (mark) => {
      marked = mark;
      showMark();
    },
  };
}

function tableOf(roles: readonly RoleState[]): Table {
  return {
    columns: [
      { title: "Model", kind: "words" },
      numberColumn("Anchor", 0, EXPLANATIONS.anchor),
      { title: "Text", kind: "text" },
      numberColumn("Samples", 0, EXPLANATIONS.anchorSamples),
      numberColumn("Share, %", 0, EXPLANATIONS.anchorShare),
      {
        title: "Chance band",
        kind: "words",
        explanation: EXPLANATIONS.anchorChance,
        format: () => NOT_MEASURED,
      },
      numberColumn("Position, %", 0, EXPLANATIONS.anchorPosition),
      numberColumn("Bits, base", 1, EXPLANATIONS.anchorBits),
      numberColumn("Bits, RLHF", 1, EXPLANATIONS.anchorBits),
      numberColumn("Bits / character, base", 3, EXPLANATIONS.anchorBitsPerCharacter),
      numberColumn("Bits / character, RLHF", 3, EXPLANATIONS.anchorBitsPerCharacter),
    ],
    rows: () =>
      roles.flatMap((state) => {
        const byChance = anchorsAgainstChance(state);
        return (state.anchors?.anchors ?? []).map((view, anchor) => {
          const { text, place, occurrences, share, bits } = view;
          const length = countCodePoints(text);
          return [
            ROLE_TITLES[state.role],
            anchor + 1,
            text,
            occurrences.length,
            100 * share,
            byChance[anchor] ?? NaN,
            100 * (place ?? NaN),
            bits.base ?? NaN,
            bits.rlhf ?? NaN,
            (bits.base ?? NaN) / length,
            (bits.rlhf ?? NaN) / length,
          ];
        });
      }),
  };
}
