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

interface ModelFiles {
  readonly path: string;
  readonly adapter: string | null;
}

/** A model by its files, where its own name is not known. */
export function fileNames({ path, adapter }: ModelFiles): string {
  return modelName(fileName(path), adapter);
}

/** Paths of both kinds of platform: models lie where Twinlens runs, which need not be where they are shown. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** How a pair is called of which the second model is the first one with an adapter. @param model, adapter files */
export function beforeAfterName(model: string, adapter: string): string {
  const stem = (path: string) => fileName(path).replace(/\.gguf$/iu, "");
  return `${stem(model)} before and after ${stem(adapter)}`;
}

/** What the roles stand for where they are those of one model, without an adapter and with one; null: of two models. */
export function beforeAfterNote(base: ModelFiles, rlhf: ModelFiles): string | null {
  if (base.path !== rlhf.path || base.adapter !== null || rlhf.adapter === null) return null;
  return `Base is before, RLHF after: one model, without ${fileName(rlhf.adapter)} and with it`;
}
