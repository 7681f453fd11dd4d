/** How often a linear probe finds the tokens ahead in a hidden state, beside its best control (paper §4.1, Figure 6). */
import { PROBE_CONTROLS, type ProbedText, type Probes } from "../../../formats/study/probes";
import type { ResultCell } from "../../../formats/study/studyResult";
import type { BarSeries, FigureTable, StudyFigure } from "../../../protocol/studyFigure";
import { distinct, familyOf, stageName, stageTitle } from "../cells";
import { intervalCells, percent } from "../intervalCells";
import { placeOf } from "../samples/shownWriters";
import {
  accuracyOf,
  aheadsOf,
  beyondOf,
  type Claim,
  claimOf,
  controlShareOf,
  drawnAheads,
  positionsOf,
  type Probe,
  PROBES,
  type Target,
  TARGETS,
} from "./probeClaims";
import { accuracySentence } from "./accuracySentence";
import { METHOD_NAMES, probedLines, textKind, writerName } from "./probeWords";

const TITLES: Readonly<Record<Probe, string>> = {
  ridge: "Tokens ahead predicted from hidden states",
  lens: "Tokens ahead predicted by Future Lens",
};

const HOW: Readonly<Record<Probe, string>> = {
  ridge: "a linear map (ridge regression) to the tokens themselves",
  lens: "a linear map to the last layer's state n tokens later, decoded by the model's own norm and head (Pal et al. 2023)",
};

const TARGET_NAMES: Readonly<Record<Target, string>> = {
  text: "the text",
  own: "own first choice",
};

/** A figure for each probe that was fitted. */
export function accuracyFigures(cell: ResultCell, probes: Probes, number: number): StudyFigure[] {
  return PROBES.flatMap((method) => accuracyFigure(cell, probes, method, number) ?? []);
}

function accuracyFigure(
  cell: ResultCell,
  probes: Probes,
  method: Probe,
  number: number,
): StudyFigure | null {
  const find = (text: ProbedText, ahead: number, target: Target) =>
    claimOf(probes, text, { method, ahead, layer: text.layer }, target);
  const claims = probes.texts.flatMap((text) =>
    aheadsOf(probes).flatMap((ahead) =>
      TARGETS.flatMap((target) => find(text, ahead, target) ?? []),
    ),
  );
  if (claims.length === 0) return null;
  const drawn = drawnAheads(probes);
  const shown = claims.filter(({ row, target }) => target === "text" && drawn.includes(row.ahead));
  return {
    id: `probe-${method}-${number}`,
    title: `${TITLES[method]}: ${placeOf(cell)}`,
    subject: probedLines(cell, probes, probes.texts),
    sentence: accuracySentence(probes, shown),
    caption: captionOf(method, probes),
    plot: {
      kind: "bars",
      ...barsOf(probes, shown, drawn),
      y: { label: "Tokens found", scale: "linear", format: "percent" },
      level: "best control",
    },
    table: tableOf(claims),
  };
}

function captionOf(method: Probe, { unit, rows }: Probes): string {
  const controls = PROBE_CONTROLS.filter((control) => rows.some((row) => row.method === control));
  const found = `How often ${HOW[method]} read at the paper's layer, predicts the token of the text n places after the next one, as a share of the positions of ${unit}s that nothing was fitted or chosen on.`;
  const control = `Lines across bars: the best control on the part that chooses lambda, among ${controls.map((one) => CONTROLS[one]).join(", ")}; the claim is what exceeds it.`;
  const check = rows.some(({ ahead }) => ahead === 0)
    ? "n = 0, the next token, as a check, and "
    : "";
  const table = `The table has ${check}how often the token is found that the reader itself would put there (own first choice).`;
  return `${found} ${control} Whiskers: 95 % intervals over ${unit}s. ${table} The paper's Figure 6.`;
}

const CONTROLS: Readonly<Record<(typeof PROBE_CONTROLS)[number], string>> = {
  shuffled: "ridge on shuffled labels",
  embedding: "ridge on the embeddings alone",
  "skip-bigram": "a table of skip-bigrams",
  unigram: "the most frequent token (unigram)",
  prior: "what other samples have at the same position",
};

/** Groups by text and distance, a series for each reader. */
function barsOf(
  { texts }: Probes,
  claims: readonly Claim[],
  aheads: readonly number[],
): { groups: { label: string; category: string }[]; series: BarSeries[] } {
  const kindOf = ({ text }: Claim) => textKind(text, texts);
  const groups = distinct(claims.map(kindOf)).flatMap((category) =>
    aheads.map((ahead) => ({ ahead, category })),
  );
  const series = distinct(texts.map(({ reader }) => reader)).map((reader): BarSeries => {
    const of = groups.map(
      ({ ahead, category }) =>
        claims.find(
          (claim) =>
            claim.text.reader === reader && claim.row.ahead === ahead && kindOf(claim) === category,
        ) ?? null,
    );
    return {
      name: stageTitle(reader),
      role: familyOf(reader),
      values: of.map((claim) => claim && accuracyOf(claim)),
      levels: of.map((claim) => {
        const value = claim && controlShareOf(claim);
        return claim === null || value === null ? null : { value, label: controlName(claim) };
      }),
    };
  });
  const labelled = groups.map(({ ahead, category }) => ({ label: `n = ${ahead}`, category }));
  return { groups: labelled, series };
}

function controlName({ control }: Claim): string {
  return control ? `Best control, ${METHOD_NAMES[control.method]}` : "";
}

function tableOf(claims: readonly Claim[]): FigureTable {
  return {
    columns: [
      "Reads",
      "Text of",
      "n",
      "Held against",
      "Positions",
      "Found, %",
      "from",
      "to",
      "Best control",
      "Its, %",
      "Beyond it, points",
      "from",
      "to",
    ],
    rows: claims.map((claim) => {
      const { text, row, target, control } = claim;
      const best = controlShareOf(claim);
      return [
        stageName(text.reader),
        writerName(text.writer),
        row.ahead,
        TARGET_NAMES[target],
        positionsOf(text),
        ...intervalCells(accuracyOf(claim), percent),
        control && METHOD_NAMES[control.method],
        best === null ? null : percent(best),
        ...intervalCells(beyondOf(claim), percent),
      ];
    }),
  };
}
