import type { PlantedTexts } from "./plantedTexts";

/** How well an alignment found the planted sentences. */
export interface PlantedQuality {
  /** Share of the occurrences whose first character is in their sentence's most frequent start column. */
  readonly starts: number;
  /** Share of those that also fill consecutive columns. */
  readonly counted: number;
  /** Pairs of equal characters in one column, both in planted sentences. */
  readonly plantedPairs: number;
  /** Pairs of equal characters in one column. */
  readonly allPairs: number;
  readonly columns: number;
}

/** @param rows Column of each character, `[text][character]`. */
export function plantedQuality(planted: PlantedTexts, rows: readonly Int32Array[]): PlantedQuality {
  const { texts, sentences, occurrences } = planted;
  const startColumns = sentences.map(() => new Map<number, number>());
  for (const { text, sentence, start } of occurrences) {
    increment(startColumns[sentence]!, rows[text]![start]!);
  }
  const usual = startColumns.map((counts) => [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]);

  const inSentence = rows.map((row) => new Uint8Array(row.length));
  let starts = 0;
  let counted = 0;
  for (const { text, sentence, start } of occurrences) {
    const row = rows[text]!;
    const { length } = sentences[sentence]!;
    inSentence[text]!.fill(1, start, start + length);
    if (row[start] !== usual[sentence]) continue;
    starts++;
    if (row[start + length - 1]! - row[start]! === length - 1) counted++;
  }

  const all = new Map<number, number>();
  const inside = new Map<number, number>();
  texts.forEach((text, t) => {
    for (let i = 0; i < text.length; i++) {
      const key = rows[t]![i]! * 2 ** 16 + text.charCodeAt(i);
      increment(all, key);
      if (inSentence[t]![i] === 1) increment(inside, key);
    }
  });
  return {
    starts: starts / occurrences.length,
    counted: counted / occurrences.length,
    plantedPairs: pairs(inside),
    allPairs: pairs(all),
    columns: Math.max(0, ...rows.map((row) => (row.at(-1) ?? -1) + 1)),
  };
}

function increment(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairs(counts: Map<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += (count * (count - 1)) / 2;
  return sum;
}
