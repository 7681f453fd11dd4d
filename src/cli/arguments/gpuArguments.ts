import { parseArgs } from "node:util";
import { GPU_NAMES, type GpuKind } from "../../protocol/gpuBuilds";
import { UsageError } from "../exit";
import { asUsage, oneOf } from "./arguments";

/** What `twinlens gpu` was asked to do. */
export type GpuOptions =
  | { readonly work: "status" | "remove" }
  | {
      readonly work: "add";
      /** null: what suits the machine. */
      readonly kind: GpuKind | null;
      /** Even where nothing was found that it could compute on. */
      readonly force: boolean;
    };

const WORKS = ["status", "add", "remove"] as const;

/** @throws UsageError */
export function parseGpuArguments(args: readonly string[]): GpuOptions {
  const { values, positionals } = parse(args);
  const [first = "status", ...rest] = positionals;
  const work = oneOf("What twinlens gpu does", first, WORKS);
  const [kind, ...more] = work === "add" ? rest : [undefined, ...rest];
  if (more.length > 0) throw new UsageError(`There is more than "twinlens gpu ${work}" takes.`);
  if (work === "add") {
    const kinds = Object.keys(GPU_NAMES) as GpuKind[];
    return {
      work,
      kind: kind === undefined ? null : oneOf("The build", kind, kinds),
      force: values.force ?? false,
    };
  }
  if (values.force) throw new UsageError('--force is for "twinlens gpu add".');
  return { work };
}

function parse(args: readonly string[]) {
  const options = { force: { type: "boolean" } } as const;
  return asUsage(() => parseArgs({ args: [...args], allowPositionals: true, options }));
}
