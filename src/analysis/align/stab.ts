/** Places `first .. last`, both included, that one occurrence in `text` may take; none when `first > last`. */
export interface PlaceRange {
  readonly site: number;
  readonly text: number;
  readonly first: number;
  readonly last: number;
}

/** A stretch of places and the occurrences that may all stand there, one per text. */
export interface Stab {
  readonly sites: readonly number[];
  /** Their texts, copies counted. */
  readonly texts: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The stretch of places that lies in the ranges of the most texts, copies counted; the first of equal ones. Of several
 * occurrences in a text, the first counts.
 * @param ranges By text; those of one text by their ends.
 */
export function mostStabbed(ranges: readonly PlaceRange[], copies: Int32Array): Stab {
  const changes = new Map<number, number>();
  const add = (place: number, amount: number) =>
    changes.set(place, (changes.get(place) ?? 0) + amount);
  let text = -1;
  let next = 0;
  for (const range of ranges) {
    // Each place counts once for a text: what an earlier range of it covers is left out.
    const first = range.text === text ? Math.max(range.first, next) : range.first;
    if (first <= range.last) {
      add(first, copies[range.text]!);
      add(range.last + 1, -copies[range.text]!);
    }
    next = Math.max(range.text === text ? next : -Infinity, range.last + 1);
    text = range.text;
  }

  const places = [...changes.keys()].sort((a, b) => a - b);
  let depth = 0;
  let most = 0;
  let [first, last] = [0, -1];
  places.forEach((place, i) => {
    depth += changes.get(place)!;
    if (depth > most) [most, first, last] = [depth, place, places[i + 1]! - 1];
  });

  const sites: number[] = [];
  text = -1;
  for (const range of ranges) {
    if (range.first > first || range.last < last || range.text === text || first > last) continue;
    sites.push(range.site);
    text = range.text;
  }
  return { sites, texts: most, first, last };
}
