import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { DistributionRequest, Engine, ScoredRows } from "../../engine/engine";
import type { DistributionColumns } from "../../protocol/scores";
import type { HeldModel } from "../scoring/scoreWindow";

/** Rows of one window, in order. */
type WindowRows = ScoredRows[];

/**
 * Scores of windows that are not in the results yet, on disk: after a crash they are read instead of computed, so that it
 * costs no more than a window of a long document. A window is known by all that its scores depend on.
 *
 * Two files take turns: while results are being saved, what they do not have goes into the other one.
 */
export class WindowJournal {
  private readonly known = new Map<string, WindowRows>();
  private readonly files: readonly [string, string];
  private active: 0 | 1 = 0;
  private retiring = false;

  /** @param file whose name with an ending is that of the journal */
  constructor(file: string) {
    this.files = [`${file}.windows-0`, `${file}.windows-1`];
    for (const path of this.files) {
      for (const [key, rows] of readEntries(path)) this.known.set(key, rows);
    }
  }

  /** The model, whose windows are looked up before they are scored, and kept afterwards. */
  watch({ engine, model }: HeldModel): HeldModel {
    const { attention, device, engineVersion, identity } = model.facts;
    const id = JSON.stringify([
      identity.sha256 ?? identity.stamp,
      attention,
      device,
      engineVersion,
    ]);
    const watched: Engine = {
      ...engine,
      score: async (request, onRows, signal) => {
        const key = keyOf(id, request, request.distribution);
        const known = this.known.get(key);
        if (known !== undefined) return known.forEach(onRows);
        const rows: WindowRows = [];
        await engine.score(
          request,
          (batch) => {
            rows.push(batch);
            onRows(batch);
          },
          signal,
        );
        this.keep(key, rows);
      },
      scoreTexts: async ({ texts, ...request }, onRows, signal) => {
        const keys = texts.map((text) => keyOf(id, text, request.distribution));
        keys.forEach((key, i) => this.known.get(key)?.forEach((rows) => onRows(i, rows)));
        const missing = keys.flatMap((key, i) => (this.known.has(key) ? [] : [i]));
        const found = missing.map((): WindowRows => []);
        await engine.scoreTexts(
          { ...request, texts: missing.map((i) => texts[i]!) },
          (at, rows) => {
            found[at]!.push(rows);
            onRows(missing[at]!, rows);
          },
          signal,
        );
        missing.forEach((i, at) => this.keep(keys[i]!, found[at]!));
      },
    };
    return { engine: watched, model };
  }

  /** All windows so far are in the results, which are not saved yet. */
  recorded(): void {
    if (this.retiring) return;
    this.retiring = true;
    this.active = this.active === 0 ? 1 : 0;
    writeFileSync(this.files[this.active], "");
  }

  /** Called before results are saved. @returns what is to be called when they are */
  saving(): () => void {
    if (!this.retiring) return () => undefined;
    return () => {
      this.retiring = false;
      rmSync(this.files[this.active === 0 ? 1 : 0], { force: true });
    };
  }

  /** The results have all there is. */
  remove(): void {
    for (const file of this.files) rmSync(file, { force: true });
  }

  private keep(key: string, rows: WindowRows): void {
    appendFileSync(this.files[this.active], `${JSON.stringify([key, rows.map(writtenRows)])}\n`);
  }
}

function keyOf(
  model: string,
  { tokens, scoredStart }: { readonly tokens: Int32Array; readonly scoredStart: number },
  distribution: DistributionRequest | null,
): string {
  return createHash("sha256")
    .update(JSON.stringify([model, scoredStart, distribution]))
    .update(tokens)
    .digest("hex");
}

/** What is whole of a file that may end in the middle of a line. */
function* readEntries(path: string): Generator<[string, WindowRows]> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    try {
      const [key, rows] = JSON.parse(line) as [string, WrittenRows[]];
      yield [key, rows.map(readRows)];
    } catch {
      return;
    }
  }
}

const COLUMNS = {
  rank: Uint32Array,
  entropy: Float32Array,
  coverage: Uint32Array,
  concentration: Uint16Array,
  topId: Int32Array,
  topLogProbability: Float32Array,
} as const;
type Column = keyof typeof COLUMNS;

/** Rows with their columns as base64. */
interface WrittenRows {
  readonly start: number;
  readonly count: number;
  readonly logProbability: string;
  readonly distribution: (Record<Column, string> & { readonly topK: number }) | null;
}

function writtenRows({ start, count, logProbability, distribution }: ScoredRows): WrittenRows {
  const written = (array: NodeJS.ArrayBufferView) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
  const columns = (of: DistributionColumns) =>
    Object.fromEntries(
      (Object.keys(COLUMNS) as Column[]).map((name) => [name, written(of[name])]),
    ) as Record<Column, string>;
  return {
    start,
    count,
    logProbability: written(logProbability),
    distribution: distribution && { ...columns(distribution), topK: distribution.topK },
  };
}

function readRows({ start, count, logProbability, distribution }: WrittenRows): ScoredRows {
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64")).buffer;
  const columns = (of: Record<Column, string>) =>
    Object.fromEntries(
      (Object.keys(COLUMNS) as Column[]).map((name) => [name, new COLUMNS[name](bytes(of[name]))]),
    );
  return {
    start,
    count,
    logProbability: new Float64Array(bytes(logProbability)),
    distribution: distribution && {
      ...(columns(distribution) as unknown as Omit<DistributionColumns, "topK">),
      topK: distribution.topK,
    },
  };
}
