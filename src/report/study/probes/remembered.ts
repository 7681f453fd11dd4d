/**
 * The same without computing it again: bars, tables and sentences ask for the same intervals, each of which takes thousands of
 * draws. What it is of is never changed.
 */
export function remembered<T extends object, V>(of: (thing: T) => V): (thing: T) => V {
  const known = new WeakMap<T, { readonly value: V }>();
  return (thing) => {
    const found = known.get(thing) ?? { value: of(thing) };
    known.set(thing, found);
    return found.value;
  };
}
