/** What catalogues offer on this machine: models, and which of them are pairs. */
import { RESERVE_BYTES } from "../../engine/freeMemory";
import type { CatalogModel } from "../../formats/catalog/catalogSchema";
import { isSameSource, parseSource, type Source, sourceOrNull } from "../../formats/catalog/source";
import type { Fit, OfferedModel, OfferedPair } from "../../protocol/modelFiles";

/** A model that lies on this machine. */
export interface LyingModel {
  readonly path: string;
  /** null: nobody knows where it came from. */
  readonly source: string | null;
}

/**
 * All models of catalogues with where they lie already, and their pairs.
 * @param freeBytes of memory, as the models would find it
 */
export function offersOf(
  catalog: readonly CatalogModel[],
  lying: readonly LyingModel[],
  freeBytes: number,
): { pairs: OfferedPair[]; models: OfferedModel[] } {
  const models = catalog.map((model) => offered(model, lying));
  return { pairs: pairsOf(models, freeBytes), models };
}

function offered(model: CatalogModel, lying: readonly LyingModel[]): OfferedModel {
  const { licenceUrl = null, caution = null, gated: isGated } = model;
  const { name, source, family, size, quantisation, stage, bytes, licence } = model;
  const own = parseSource(source);
  const path = lying.find((other) => isOf(other, own))?.path;
  const known = { name, source, family, size, quantisation, stage, bytes, licence };
  return { ...known, licenceUrl, isGated, caution, path: path ?? null };
}

function isOf({ source }: LyingModel, wanted: Source): boolean {
  const found = source === null ? null : sourceOrNull(source);
  return found !== null && isSameSource(found, wanted);
}

/** Every tuned model with the base model of its family, size and quantisation; what fits first, then by size. */
function pairsOf(models: readonly OfferedModel[], freeBytes: number): OfferedPair[] {
  const taken = new Set(models.map(({ name }) => name));
  const pairs: OfferedPair[] = [];
  for (const rlhf of models.filter(({ stage }) => stage !== "base")) {
    const base = baseOf(rlhf, models);
    if (base === null) continue;
    const name = pairName(base, rlhf, taken);
    taken.add(name);
    pairs.push({ name, base, rlhf, fit: fitOf([base.bytes, rlhf.bytes], freeBytes) });
  }
  return pairs.sort(
    (a, b) =>
      FITS.indexOf(a.fit) - FITS.indexOf(b.fit) ||
      bytesOf(a) - bytesOf(b) ||
      STAGES_LAST_FIRST.indexOf(a.rlhf.stage) - STAGES_LAST_FIRST.indexOf(b.rlhf.stage),
  );
}

const FITS: readonly Fit[] = ["together", "inTurns", "tooLarge"];
const STAGES_LAST_FIRST: readonly OfferedModel["stage"][] = ["rlhf", "dpo", "sft", "base"];

function bytesOf({ base, rlhf }: OfferedPair): number {
  return base.bytes + rlhf.bytes;
}

/** The model's base model, best from the same maker: two makers may quantise differently; null: there is none. */
function baseOf(tuned: OfferedModel, models: readonly OfferedModel[]): OfferedModel | null {
  const bases = models.filter(
    (model) =>
      model.stage === "base" &&
      (["family", "size", "quantisation"] as const).every((key) => model[key] === tuned[key]),
  );
  return bases.find((base) => makerOf(base) === makerOf(tuned)) ?? bases[0] ?? null;
}

function makerOf({ source }: OfferedModel): string {
  const parsed = parseSource(source);
  return parsed.kind === "hub" ? parsed.user : parsed.host;
}

/** What it is, in letters that every shell takes as they are; both models' names where that is taken. */
function pairName(base: OfferedModel, rlhf: OfferedModel, taken: ReadonlySet<string>): string {
  const { family, size, quantisation, stage } = rlhf;
  const name = [family, size, quantisation, stage]
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9._]+/gu, "-")
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/gu, "");
  return name === "" || taken.has(name) ? `${base.name}+${rlhf.name}` : name;
}

/**
 * Whether memory holds both models of a pair at once, one after the other, or not even one: an estimate from their files'
 * sizes alone. Once they are there the engine asks their headers (`checkMemory` of engine/child/llama).
 */
export function fitOf(bytes: readonly number[], freeBytes: number): Fit {
  const needs = bytes.map((file) => file * (1 + CONTEXT_SHARE) + DECODING_BYTES);
  const left = freeBytes - RESERVE_BYTES;
  if (needs.reduce((sum, need) => sum + need, 0) <= left) return "together";
  return Math.max(...needs) <= left ? "inTurns" : "tooLarge";
}

/** Keys and values of a window of usual length, as a share of weights in 4 bits: 1 GB beside Llama 2 7B's 4.1 GB. */
const CONTEXT_SHARE = 0.25;
/** What a batch of a window is decoded in: logits of 512 tokens over a vocabulary of 150,000. */
const DECODING_BYTES = 300e6;
