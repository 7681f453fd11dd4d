/** Means over prompts (paper Figures 7 and 13, Table 4), on the page that the command line writes. */
import { type Role, ROLE_TITLES, ROLES } from "../../../src/protocol/roles";
import type { AgreementCurves } from "../../../src/analysis/samples/agreement";
import {
  formatMeanShare,
  formatNumber,
  NO_NUMBER,
} from "../../../src/analysis/presentation/format";
import { EXPLANATIONS } from "../../../src/analysis/presentation/quantities";
import type { PromptAverages, RoleAverages } from "../../../src/protocol/anchorViews";
import type { NgramView } from "../../../src/protocol/ngramView";
import { ALIGNED_BY } from "../../../src/report/alignedBy";
import { axis, series } from "../../charts/axis";
import type { Figure } from "../../charts/figure";
import { numberColumn } from "../../charts/table";
import { BARS, lengthAxis, shareFigure, spreadFigure } from "./ngramCharts";
import { positionFigure } from "./positionChart";
import { AGREEMENT, bandIn, chanceCurve, chanceNote, percent } from "./positionFigures";

type OfRole = RoleAverages & { readonly role: Role };

export function averageFigures(averages: PromptAverages): readonly Figure[] {
  const ofRoles = ROLES.flatMap((role) => {
    const ofRole = averages[role];
    return ofRole ? [{ role, ...ofRole }] : [];
  });
  const unit = ofRoles[0]?.unit ?? "words";
  return [
    meanSharing(ofRoles, unit, averages.samples),
    spreadFigure(
      {
        name: "mean-ten-grams",
        title: "10-grams by spread",
        explanation: EXPLANATIONS.ngramSpread,
        caption:
          "How many different 10-grams are contained in exactly that many samples of their prompt, over all prompts.",
      },
      ofRoles.map(({ role, tenGrams }) => ({ role, counts: tenGrams })),
    ),
    shareFigure(
      {
        name: "mean-diversity",
        title: "Diversity",
        explanation: EXPLANATIONS.diversity,
        caption:
          "Different n-grams as a share of all n-grams of a prompt's samples, mean over prompts.",
      },
      unit,
      ofRoles,
    ),
    meanAgreement("overlap", ofRoles),
    meanAgreement("alignedShare", ofRoles),
  ];
}

function meanSharing(ofRoles: readonly OfRole[], unit: NgramView["unit"], samples: number): Figure {
  const lengths = ofRoles[0]?.sharing.map(({ n }) => n) ?? [];
  const value = ({ sharing }: OfRole, place: number) => sharing[place]?.samples ?? NaN;
  return {
    name: "mean-sharing",
    title: "Most common n-gram",
    explanation: EXPLANATIONS.ngramSharing,
    caption: `Samples that contain it, mean over prompts, by its length in ${unit}.`,
    shape: "normal",
    configure: (theme) => ({
      type: "bar",
      data: {
        labels: lengths.map(String),
        datasets: ofRoles.map((ofRole) => ({
          ...series(ofRole.role, theme),
          data: lengths.map((n, place) => ({ x: String(n), y: value(ofRole, place), place })),
          ...BARS,
        })),
      },
      options: {
        interaction: { mode: "index", intersect: false },
        scales: {
          x: lengthAxis(unit, theme),
          y: { ...axis("samples", theme), min: 0, max: Math.max(1, samples) },
        },
      },
    }),
    table: {
      columns: [
        numberColumn("n", 0),
        ...ofRoles.map(({ role }) => numberColumn(`${ROLE_TITLES[role]}, samples`, 1)),
      ],
      rows: () => lengths.map((n, place) => [n, ...ofRoles.map((ofRole) => value(ofRole, place))]),
    },
    places: {
      count: lengths.length,
      describe: (place) => {
        const values = ofRoles.map(
          (ofRole) => `${ROLE_TITLES[ofRole.role]} ${formatNumber(value(ofRole, place), 1)}`,
        );
        return `${lengths[place]} ${unit}: ${values.join(", ")} of ${samples} samples`;
      },
      choose: null,
    },
  };
}

function meanAgreement(curve: keyof AgreementCurves, ofRoles: readonly OfRole[]): Figure {
  const words = AGREEMENT[curve];
  const all = ofRoles.map(({ role, withoutOverlap, chance, [curve]: mean }) => {
    const found = mean ? formatMeanShare(mean.all) : NO_NUMBER;
    const byChance = chance ? `, by chance ${formatMeanShare(chance[curve].all)}` : "";
    const left = withoutOverlap > 0 ? `, ${withoutOverlap} prompts left out` : "";
    return `${ROLE_TITLES[role]} ${found}${byChance}${left}`;
  });
  const isBanded = ofRoles.some(({ [curve]: mean }) => mean?.low);
  const [chance] = ofRoles.flatMap((ofRole) => ofRole.chance ?? []);
  return positionFigure(
    {
      ...words,
      name: `mean-${words.name}`,
      caption: `${words.caption}, aligned ${ALIGNED_BY.twinlens}; mean over prompts${isBanded ? " with its 95 % interval" : ""}.${chanceNote(chance)} Over all places: ${all.join("; ")}.`,
    },
    ofRoles.flatMap(({ role, chance: ofRole, [curve]: mean }) => [
      { role, values: percent(mean?.mean), ...(mean && bandIn(mean)) },
      ...(ofRole ? [chanceCurve(role, ofRole, curve)] : []),
    ]),
  );
}
