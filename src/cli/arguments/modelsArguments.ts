import { parseArgs } from "node:util";
import { UsageError } from "../exit";
import { asUsage, oneOf } from "./arguments";

const LIST_FORMATS = ["table", "json"] as const;

/** What `twinlens models` was asked to do. */
export type ModelsOptions = ListModels | GetModels | RemoveModels | PathOfModel;

interface Common {
  /** Of kept models; null: the usual one. */
  readonly folder: string | null;
  /** Catalogues beside the built-in one. */
  readonly catalogs: readonly string[];
}

interface ListModels extends Common {
  readonly work: "list";
  readonly format: (typeof LIST_FORMATS)[number];
}

/** Fetches models. */
export interface GetModels extends Common {
  readonly work: "get";
  /** Of models or pairs of a catalogue, or sources. */
  readonly names: readonly string[];
  /** Of the only model's only file, hex; null: nobody has named one. */
  readonly sha256: string | null;
  /** Licence and size need not be agreed to. */
  readonly yes: boolean;
  /** A token for the hub comes on standard input. */
  readonly tokenOnInput: boolean;
}

interface RemoveModels extends Common {
  readonly work: "remove";
  readonly names: readonly string[];
}

interface PathOfModel extends Common {
  readonly work: "path";
  readonly name: string;
}

/** @throws UsageError */
export function parseModelsArguments(args: readonly string[]): ModelsOptions {
  const [work, ...rest] = args;
  switch (work) {
    case "list":
      return parseList(rest);
    case "get":
      return parseGet(rest);
    case "remove": {
      const { values, names } = parse(rest, { in: { type: "string" } });
      if (names.length === 0) throw new UsageError("No model to remove.");
      return { work, names, folder: values.in ?? null, catalogs: values.catalog ?? [] };
    }
    case "path": {
      const { values, names } = parse(rest, { in: { type: "string" } });
      const [name, ...more] = names;
      if (name === undefined || more.length > 0) throw new UsageError("Give one model.");
      return { work, name, folder: values.in ?? null, catalogs: values.catalog ?? [] };
    }
    case undefined:
      throw new UsageError("Say what to do with models: list, get, remove or path.");
    default:
      throw new UsageError(`"${work}" is none of list, get, remove and path.`);
  }
}

function parseList(args: readonly string[]): ModelsOptions {
  const { values, names } = parse(args, { in: { type: "string" }, format: { type: "string" } });
  const [unexpected] = names;
  if (unexpected !== undefined) throw new UsageError(`"${unexpected}" is not expected.`);
  return {
    work: "list",
    format: oneOf("--format", values.format ?? "table", LIST_FORMATS),
    folder: values.in ?? null,
    catalogs: values.catalog ?? [],
  };
}

function parseGet(args: readonly string[]): ModelsOptions {
  const { values, names } = parse(args, {
    to: { type: "string" },
    sha256: { type: "string" },
    yes: { type: "boolean", short: "y" },
    "token-stdin": { type: "boolean" },
  });
  if (names.length === 0) throw new UsageError("No model to get.");
  if (new Set(names).size < names.length) throw new UsageError("A model is named twice.");
  return {
    work: "get",
    names,
    sha256: digest(values.sha256, names),
    yes: values.yes ?? false,
    tokenOnInput: values["token-stdin"] ?? false,
    folder: values.to ?? null,
    catalogs: values.catalog ?? [],
  };
}

function digest(value: string | undefined, names: readonly string[]): string | null {
  if (value === undefined) return null;
  if (names.length > 1) throw new UsageError("--sha256 is of one model.");
  if (!/^[0-9a-f]{64}$/iu.test(value)) {
    throw new UsageError(`--sha256 is 64 hexadecimal digits, not "${value}".`);
  }
  return value.toLowerCase();
}

/** @throws UsageError; a token among the options is not repeated in its message */
function parse<T extends Record<string, { type: "string" | "boolean"; short?: string }>>(
  args: readonly string[],
  options: T,
) {
  if (args.some((arg) => /^--token(?:$|=)/u.test(arg))) {
    throw new UsageError(
      "A token is not given as an option, where others can read it: put it into HF_TOKEN, or give --token-stdin and write it to standard input.",
    );
  }
  const all = { ...options, catalog: { type: "string", multiple: true } } as const;
  const { values, positionals } = asUsage(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: all }),
  );
  return { values, names: positionals };
}
