/** How a model is called: its own name, and the file of the adapter that is added to its weights. */
export function modelName(name: string, adapter: string | null): string {
  return adapter === null ? name : `${name} + ${fileName(adapter)}`;
}

/** How a pair is called: its own name, and which of its models has which adapter, as one file may be added to either. */
export function pairName(
  name: string,
  { base, rlhf }: Readonly<Record<"base" | "rlhf", string | null>>,
): string {
  const model = (role: string, adapter: string | null) =>
    adapter === null ? [] : [modelName(role, adapter)];
  return [name, ...model("base", base), ...model("RLHF", rlhf)].join(", ");
}

/** A model by its files, where its own name is not known. */
export function fileNames({
  path,
  adapter,
}: {
  readonly path: string;
  readonly adapter: string | null;
}): string {
  return modelName(fileName(path), adapter);
}

/** Paths of both kinds of platform: models lie where Twinlens runs, which need not be where they are shown. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
