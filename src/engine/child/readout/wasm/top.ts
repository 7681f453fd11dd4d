import {
  BLOCK_LOGITS,
  TOP_ENTRIES,
  TOP_ID,
  TOP_LOG_PROBABILITY,
  blockMaxima,
  blocks,
  vocabularySize,
} from "./layout";
import { fromOrderedBits, orderedBits } from "./rounding";
import { logitOf } from "./row";
import { logProbabilityOf } from "./softmax";

/**
 * Lists the `k` largest logits, ties by id, and their log-probabilities. The k-th largest of the block maxima bounds the
 * k-th largest logit from below, so that only blocks that reach it are read: some k of them.
 */
export function listTop(k: i32): void {
  if (k == 0) return;
  length = 0;
  for (let block = 0; block < blocks; block++) {
    const maximum = load<f32>(blockMaxima + block * 4);
    if (belongs(maximum, k)) insert(block, maximum, k);
  }
  const bound = length == k ? logitAt(k - 1) : -Infinity;

  length = 0;
  for (let block = 0; block < blocks; block++) {
    if (load<f32>(blockMaxima + block * 4) >= bound) insertBlock(block, k);
  }
  for (let place = 0; place < k; place++) leave(place);
}

/** Entries listed so far. */
let length: i32 = 0;
/** Logit of the k-th entry, once there are k. */
let leastLogit: f32 = 0;

function insertBlock(block: i32, k: i32): void {
  const start = block * BLOCK_LOGITS;
  const end = min(start + BLOCK_LOGITS, vocabularySize);
  for (let id = start; id < end; id++) {
    const logit = logitOf(id);
    if (belongs(logit, k)) insert(id, logit, k);
  }
}

/** Ids come rising: of equal logits the later ones are out. */
function belongs(logit: f32, k: i32): bool {
  return length < k || logit > leastLogit;
}

/** An entry is one number, the logit's bits above those of ~id: entries fall by logit, ties by id. */
function insert(id: i32, logit: f32, k: i32): void {
  const entry = ((<i64>orderedBits(logit)) << 32) | (<i64>(<u32>~id));
  let place = length < k ? length++ : k - 1;
  for (; place > 0 && entryAt(place - 1) < entry; place--) setEntry(place, entryAt(place - 1));
  setEntry(place, entry);
  if (length == k) leastLogit = logitAt(k - 1);
}

function leave(place: i32): void {
  const there = place < length;
  store<i32>(TOP_ID + place * 4, there ? ~(<i32>entryAt(place)) : -1);
  const logProbability = there ? <f32>logProbabilityOf(logitAt(place)) : -Infinity;
  store<f32>(TOP_LOG_PROBABILITY + place * 4, logProbability);
}

function logitAt(place: i32): f32 {
  return fromOrderedBits(<i32>(entryAt(place) >> 32));
}

function entryAt(place: i32): i64 {
  return load<i64>(TOP_ENTRIES + place * 8);
}

function setEntry(place: i32, entry: i64): void {
  store<i64>(TOP_ENTRIES + place * 8, entry);
}
