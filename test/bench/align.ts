/**
 * Time and quality of the alignment on texts with planted sentences, MAFFT beside it where it is installed. Times are
 * processor time of this one thread's program, best of several runs after a first one; ratios are of one run of this
 * program. MAFFT needs minutes for the full size: `BENCH_MAFFT=0` leaves it out.
 */
import { alignTexts } from "../../src/analysis/align/align";
import { DEFAULT_ANCHORS, findAnchors, indexTails } from "../../src/analysis/samples/anchors";
import { plantedQuality } from "../support/plantedQuality";
import { plantTexts, type PlantedTexts } from "../support/plantedTexts";
import { mafftVersion, runMafft } from "./alignMafft";
import { printTable } from "./table";

const RUNS = 5;

/** Seconds that the bars allow, by name of the shape. */
const SHAPES = [
  { name: "100 x 170", texts: 100, characters: 170, bar: "0.15" },
  { name: "100 x 1,300", texts: 100, characters: 1300, bar: "1" },
  { name: "100 x 2,600", texts: 100, characters: 2600, bar: "" },
  { name: "1,000 x 1,300", texts: 1000, characters: 1300, bar: "" },
] as const;

interface Measured {
  readonly seconds: number;
  readonly rows: readonly Int32Array[];
}

function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function measureOurs(planted: PlantedTexts): Measured {
  let rows: readonly Int32Array[] = [];
  const run = () => (rows = alignTexts(planted.texts)!.rows);
  run();
  return { seconds: Math.min(...Array.from({ length: RUNS }, () => processorSeconds(run))), rows };
}

function row(name: string, by: string, bar: string, planted: PlantedTexts, measured: Measured) {
  const quality = plantedQuality(planted, measured.rows);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    name,
    by,
    measured.seconds.toFixed(3),
    bar,
    percent(quality.starts),
    percent(quality.counted),
    quality.plantedPairs.toLocaleString("en"),
    quality.allPairs.toLocaleString("en"),
    quality.columns,
  ];
}

const version = process.env["BENCH_MAFFT"] === "0" ? undefined : mafftVersion();
const seconds = new Map<string, number>();
const rows: (string | number)[][] = [];
for (const { name, texts, characters, bar } of SHAPES) {
  const planted = plantTexts({ texts, characters });
  const ours = measureOurs(planted);
  seconds.set(name, ours.seconds);
  rows.push(row(name, "Twinlens", bar, planted, ours));
  if (version !== undefined && texts * characters <= 130_000) {
    rows.push(row(name, `MAFFT ${version}`, "", planted, runMafft(planted.texts)));
  }
}
printTable(
  ["texts", "by", "s", "bar", "starts", "counted", "planted pairs", "all pairs", "columns"],
  rows,
);
if (version === undefined) console.log("\nMAFFT is not installed or left out.");

const ratio = (a: string, b: string) => (seconds.get(a)! / seconds.get(b)!).toFixed(1);
console.log();
printTable(
  ["ratio", "measured", "bar"],
  [
    ["1,000 texts / 100", ratio("1,000 x 1,300", "100 x 1,300"), "15"],
    ["2,600 characters / 1,300", ratio("100 x 2,600", "100 x 1,300"), "2.5"],
  ],
);

const { texts } = plantTexts();
const tails = indexTails(texts, alignTexts(texts)!);
console.log("\nAnchors of 100 x 1,300 anew, as when a slider moves (bar: 0.1 s):\n");
printTable(
  ["least length", "least share", "limit", "s"],
  [DEFAULT_ANCHORS, { ...DEFAULT_ANCHORS, minLength: 5, minShare: 0.02, limit: Infinity }].map(
    (options) => {
      const find = () => findAnchors(tails, options);
      find();
      const best = Math.min(...Array.from({ length: RUNS }, () => processorSeconds(find)));
      return [options.minLength, options.minShare, options.limit, best.toFixed(3)];
    },
  ),
);
