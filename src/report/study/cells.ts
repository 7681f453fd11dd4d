/** A study's results by pair, corpus and measure. */
import type { CommonSums } from "../../analysis/scores/commonText";
import type { Group, ResultCell, ResultModel, StudyResult } from "../../formats/study/studyResult";
import type { Measure } from "../../formats/study/studySchema";
import { type Role, ROLE_NAMES, ROLE_TITLES, ROLES } from "../../protocol/roles";
import type { Family } from "../../protocol/studyFigure";

export type Numbers = readonly number[];

/** Cells of a measure with numbers in them, in the order of results. */
export function cellsOf({ cells }: StudyResult, measure: Measure): ResultCell[] {
  return cells.filter((cell) => cell.measure === measure && !isEmptyCell(cell));
}

/** Nothing is measured yet. */
export function isEmptyCell(cell: ResultCell): boolean {
  const { groups, samples, probes, readaptation, tradeoff } = cell;
  const lists = [groups, samples, probes?.rows, readaptation?.trainings, tradeoff?.rounds];
  return lists.every((list) => list === undefined || list.length === 0);
}

/** Names in the order in which they come. */
export function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** Every model that is compared with a base model. */
export interface ComparedStage {
  readonly pair: string;
  readonly stage: string;
  /** As figures call it: the pair's name alone for its RLHF twin. */
  readonly name: string;
}

export function comparedStages(cells: readonly ResultCell[]): ComparedStage[] {
  const found = new Map<string, ComparedStage>();
  for (const { pair, models } of cells) {
    for (const { stage } of models.slice(1)) {
      const name = stage === "rlhf" ? pair : `${pair} (${stageName(stage)})`;
      found.set(JSON.stringify([pair, stage]), { pair, stage, name });
    }
  }
  return [...found.values()];
}

/** As people read it within a sentence. */
export function stageName(stage: string): string {
  return ROLES.some((role) => role === stage) ? ROLE_NAMES[stage as Role] : stage;
}

/** As it stands in a legend. */
export function stageTitle(stage: string): string {
  return ROLES.some((role) => role === stage) ? ROLE_TITLES[stage as Role] : stage;
}

export function familyOf(stage: string): Family {
  return stage === "base" || stage === "rlhf" ? stage : "other";
}

/** What an increase is counted by. */
export function unitOf({ models }: Pick<ResultCell, "models">, stage: string): CommonSums["unit"] {
  const [base] = models;
  const other = models.find((model) => model.stage === stage);
  return base?.tokenizerDigest === other?.tokenizerDigest ? "token" : "segment";
}

export function modelOf({ models }: ResultCell, stage: string): ResultModel | undefined {
  return models.find((model) => model.stage === stage);
}

/** All documents' numbers added up. */
export function totalOf(rows: readonly Numbers[]): number[] {
  const total: number[] = [];
  for (const row of rows) {
    row.forEach((value, i) => {
      total[i] = (total[i] ?? 0) + value;
    });
  }
  return total;
}

export function stageRows(groups: readonly Group[], stage: string): Numbers[] {
  return groups.flatMap((group) => (group.stages[stage] ? [group.stages[stage]] : []));
}

export function againstRows(groups: readonly Group[], stage: string): Numbers[] {
  return groups.flatMap((group) => (group.against[stage] ? [group.against[stage]] : []));
}
