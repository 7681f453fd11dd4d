/** What the samples of one prompt have in common word by word (paper Figures 7 and 15, Table 4). */
import { type Role, ROLE_TITLES } from "../../../src/protocol/roles";
import { shortened, visibleText } from "../../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../../src/analysis/presentation/quantities";
import type { NgramView } from "../../../src/protocol/ngramView";
import { axis, series } from "../../charts/axis";
import type { Figure } from "../../charts/figure";
import { numberColumn } from "../../charts/table";
import type { Comparison } from "../comparison";
import type { RoleState } from "../state";
import { BARS, lengthAxis, shareFigure, spreadFigure } from "./ngramCharts";

/** How many samples contain the most common n-gram. */
export function sharingFigure({ roles, samples: count, note }: Comparison): Figure {
  const ofRoles = roles.map(({ role, alignment }) => ({
    role,
    shared: alignment?.ngrams.shared ?? [],
  }));
  const lengths = ofRoles.find(({ shared }) => shared.length > 0)?.shared.map(({ n }) => n) ?? [];
  return {
    name: "ngram-sharing",
    title: "Most common n-gram",
    explanation: EXPLANATIONS.ngramSharing,
    caption: `Samples that contain it, by its length in ${unitOf(roles)}.${shortest(ofRoles, unitOf(roles))}${note}`,
    shape: "normal",
    configure: (theme) => ({
      type: "bar",
      data: {
        labels: lengths.map(String),
        datasets: ofRoles.map(({ role, shared }) => ({
          ...series(role, theme),
          data: shared.map(({ n, samples }, place) => ({ x: String(n), y: samples, place })),
          ...BARS,
        })),
      },
      options: {
        interaction: { mode: "index", intersect: false },
        scales: {
          x: lengthAxis(unitOf(roles), theme),
          y: { ...axis("samples", theme), min: 0, max: Math.max(1, count) },
        },
      },
    }),
    table: {
      columns: [
        { title: "Model", kind: "words" },
        numberColumn("n", 0),
        numberColumn("Samples", 0),
        { title: "n-gram", kind: "text" },
      ],
      rows: () =>
        ofRoles.flatMap(({ role, shared }) =>
          shared.map(({ n, samples, text }) => [ROLE_TITLES[role], n, samples, text]),
        ),
    },
    places: {
      count: lengths.length,
      describe: (place) => {
        const values = ofRoles.map(
          ({ role, shared }) =>
            `${ROLE_TITLES[role]} ${shared[place]?.samples ?? 0} of ${count} samples${quoted(shared[place]?.text)}`,
        );
        return `${lengths[place]} ${unitOf(roles)}: ${values.join(", ")}`;
      },
      choose: null,
    },
  };
}

/** Names the shortest ones, which most samples have; the table has them all. */
function shortest(
  ofRoles: readonly { readonly role: Role; readonly shared: NgramView["shared"] }[],
  unit: NgramView["unit"],
): string {
  const named = ofRoles.flatMap(({ role, shared: [first] }) =>
    first && first.samples > 0 ? [{ role, ...first }] : [],
  );
  const [{ n } = { n: 0 }] = named;
  if (n === 0) return "";
  return ` With ${n} ${unit}: ${named.map(({ role, text }) => `${ROLE_TITLES[role]}${quoted(text)}`).join(", ")}.`;
}

/** Characters of an n-gram that a line has room for. */
const LONGEST_QUOTE = 60;

/** Empty: there is none. */
function quoted(text = ""): string {
  return text === "" ? "" : ` “${shortened(visibleText(text).trim(), LONGEST_QUOTE)}”`;
}

/** How many 10-grams are contained in how many samples; the counts on a logarithmic axis. */
export function tenGramFigure({ roles, note }: Comparison): Figure {
  return spreadFigure(
    {
      name: "ten-grams",
      title: "10-grams by spread",
      explanation: EXPLANATIONS.ngramSpread,
      caption: `How many different 10-grams are contained in exactly that many samples.${note}`,
    },
    roles.map(({ role, alignment }) => ({ role, counts: alignment?.ngrams.tenGrams ?? [] })),
  );
}

/** Different n-grams as a share of all: low where samples repeat one another. */
export function diversityFigure({ roles, note }: Comparison): Figure {
  return shareFigure(
    {
      name: "diversity",
      title: "Diversity",
      explanation: EXPLANATIONS.diversity,
      caption: `Different n-grams as a share of all n-grams of the samples.${nucleusNote(roles)}${note}`,
    },
    unitOf(roles),
    roles.map(({ role, alignment }) => ({
      role,
      diversity: alignment?.ngrams.diversity ?? [],
    })),
  );
}

/** Diversity depends on the nucleus more than on anything else, so the caption names it where it is known. */
function nucleusNote(roles: readonly RoleState[]): string {
  const drawn = roles.flatMap(({ role, run: { nucleus } }) =>
    nucleus === null ? [] : [`${ROLE_TITLES[role]} at p ${nucleus}`],
  );
  return drawn.length === 0 ? "" : ` Drawn by ${drawn.join(", by ")}.`;
}

function unitOf(roles: readonly RoleState[]): NgramView["unit"] {
  return roles.find(({ alignment }) => alignment)?.alignment?.ngrams.unit ?? "words";
}
